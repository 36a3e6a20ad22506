import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { contextWith, OnMysql, type PluginClient } from './on-mysql.js'

describe('Queries by an account that may do more than read', { skip: whyNoServer('mysql') }, () => {
  const mysql = new OnMysql()
  let client: PluginClient
  before(async () => {
    client = await mysql.open('CREATE TABLE plain (id INT PRIMARY KEY)', '?maxIdleConns=0')
  })

  const ask = () =>
    client.db.query({ context: contextWith(), statement: 'SELECT 1 AS n', maxRows: 0, maxReplyBytes: 0 })

  const user = () => `${mysql.server.address.user}@'%'`
  const ways: readonly (readonly [name: string, grant: () => string, revoke: () => string])[] = [
    ['itself', () => `GRANT FILE ON *.* TO ${user()}`, () => `REVOKE FILE ON *.* FROM ${user()}`],
    [
      'a role of its role',
      () => `CREATE ROLE inner_role; GRANT FILE ON *.* TO inner_role; CREATE ROLE outer_role; GRANT inner_role TO outer_role;
        GRANT outer_role TO ${user()}; SET DEFAULT ROLE outer_role FOR ${user()}`,
      () => `SET DEFAULT ROLE NONE FOR ${user()}; DROP ROLE outer_role; DROP ROLE inner_role`,
    ],
    [
      'a role with all rights',
      () => `CREATE ROLE everything; GRANT ALL PRIVILEGES ON *.* TO everything; GRANT everything TO ${user()};
        SET DEFAULT ROLE everything FOR ${user()}`,
      () => `SET DEFAULT ROLE NONE FOR ${user()}; DROP ROLE everything`,
    ],
  ]
  for (const [name, grant, revoke] of ways) {
    it(`are refused where the right is that of ${name}`, async () => {
      await ask()
      await mysql.server.sql(grant())
      await assert.rejects(ask(), { reason: 'permission', message: /has the right (FILE|ALL PRIVILEGES)/ })
      await mysql.server.sql(revoke())
      await ask()
    })
  }
})

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { tryValueCases } from '../support/value-cases.js'
import { OnMysql, type PluginClient } from './on-mysql.js'
import { valueCases } from './value-cases.js'

describe('Values of MariaDB', { skip: whyNoServer('mysql') }, () => {
  // Databases hold what servers without strict mode have stored.
  const mysql = new OnMysql({ settings: { 'sql-mode': '', 'default-time-zone': '+00:00' } })
  let client: PluginClient
  before(async () => {
    const tables = valueCases.map(({ type }, index) => `CREATE TABLE t${index} (v ${type}) CHARACTER SET utf8mb4`)
    client = await mysql.open(tables.join('; '))
  })

  tryValueCases(() => client, valueCases, 'mysql')

  it('ten thousand rows are one call', async () => {
    await client.sql('CREATE TABLE many (n INT PRIMARY KEY, t TEXT)')
    const rows = Array.from({ length: 10_000 }, (_, n) => `{"n":${n},"t":"row ${n}"}`)
    const answer = await client.create('many', `[${rows.join(',')}]`, { rowCount: 10_000 })
    assert.ok(answer.length > 100_000)
    assert.equal((await client.sql('SELECT count(*) AS n FROM many'))[0]?.n, 10_000)
  })
})

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { repositoryPath } from '../support/repository-path.js'
import { whyNoFaults } from '../support/servers/why-no-server.js'
import { until } from '../support/until.js'
import { OnPostgres } from './on-postgres.js'

const certificate = (name: string): string => encodeURIComponent(repositoryPath('test/support/tls', `${name}.crt`))

describe('Connections that PostgreSQL refuses', { skip: whyNoFaults('postgres') }, () => {
  const postgres = new OnPostgres({ tls: true })
  let uri: string
  let sql: (text: string) => Promise<Record<string, unknown>[]>

  before(async () => {
    const database = await postgres.server.createDatabase('CREATE TABLE t (n integer); INSERT INTO t VALUES (1)')
    uri = database.uri
    sql = database.sql
  })

  const refused: readonly (readonly [name: string, uri: () => string, hint: RegExp])[] = [
    ['a wrong password', () => uri.replace(/:[^:@]+@/, ':not-the-word@'), /check user and password/],
    ['an unknown database', () => `${uri}_nowhere`, /there is no database/],
    ['nobody listens', () => uri.replace(/:\d+\//, ':1/'), /nothing listens at its address/],
    [
      'a certificate that nobody vouches for',
      () => `${uri}?sslmode=verify-full&sslrootcert=${certificate('second')}`,
      /TLS certificate/,
    ],
    ['a standby that is none', () => `${uri}?target_session_attrs=standby`, /target_session_attrs/],
  ]
  for (const [name, uriOf, hint] of refused) {
    it(`${name}: the log says what to change, without the password`, async () => {
      const logged = postgres.logged.length
      const opening = postgres.connect(uriOf(), sql).then(
        () => 'opened',
        () => 'refused',
      )
      await until(() => postgres.logged.slice(logged).some((line) => hint.test(line)), { what: `${hint} in the log` })
      const password = /:([^:@/]+)@/.exec(uriOf())![1]!
      for (const line of postgres.logged.slice(logged)) assert.ok(!line.includes(password), line)
      void opening
    })
  }

  const accepted: readonly (readonly [name: string, query: string, encrypted: boolean])[] = [
    ['verify-full with the right certificate', `?sslmode=verify-full&sslrootcert=${certificate('first')}`, true],
    ['require', '?sslmode=require', true],
    ['prefer, which is the default', '', true],
    ['disable', '?sslmode=disable', false],
    ['a first host that is down', '', true],
  ]
  for (const [name, query, encrypted] of accepted) {
    it(`${name}: connects, ${encrypted ? 'with' : 'without'} TLS`, async () => {
      const several = name.startsWith('a first') ? uri.replace(/@([^/]+)\//, '@127.0.0.1:1,$1/') : uri
      const client = await postgres.connect(several + query, sql)
      assert.equal(await client.rows('t'), '[{"n":1}]')
      const [row] = await postgres.server.sql(
        `SELECT bool_and(s.ssl) AS ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'easyrest'`,
      )
      assert.equal(typeof row?.ssl, 'boolean')
      if (!encrypted) assert.equal(row?.ssl, false)
    })
  }
})

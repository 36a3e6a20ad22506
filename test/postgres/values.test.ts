import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { tryValueCases } from '../support/value-cases.js'
import { contextWith, OnPostgres, type PluginClient } from './on-postgres.js'
import { caseTypes, valueCases } from './value-cases.js'

describe('Values of PostgreSQL', { skip: whyNoServer('postgres') }, () => {
  const postgres = new OnPostgres()
  let client: PluginClient
  before(async () => {
    const tables = valueCases.map(({ type }, index) => `CREATE TABLE t${index} (v ${type})`)
    client = await postgres.open(`${caseTypes}; ${tables.join('; ')}`)
  })

  tryValueCases(() => client, valueCases, 'postgres')

  it('a query answers values as a table does', async () => {
    const ask = async (statement: string, timezone = 'UTC') => {
      const context = contextWith({ timezone })
      const { rows } = await client.db.query({ context, statement, maxRows: 0, maxReplyBytes: 0 })
      return Buffer.from(rows).toString('utf8')
    }
    const numbers = `'NaN'::float8 AS n, '-Infinity'::numeric AS i, 1.10 AS d, 'Infinity'::real AS r, 1e300::float8 AS g`
    assert.equal(await ask(`SELECT ${numbers};`), '[{"n":null,"i":null,"d":1.10,"r":null,"g":1e+300}]')
    assert.equal(await ask("SELECT '\\x00ff'::bytea AS b, NULL AS x, 'a' AS t"), '[{"b":"AP8=","x":null,"t":"a"}]')
    const longAgo = await ask("SELECT '1883-01-01Z'::timestamptz AS t", 'America/New_York')
    assert.equal(longAgo, '[{"t":"1882-12-31T19:04:00-04:56"}]')
    await client.sql(
      'CREATE DOMAIN amount AS numeric; CREATE DOMAIN own_amount AS amount; CREATE DOMAIN image AS bytea',
    )
    const ofDomains = `SELECT 'NaN'::own_amount AS n, 1.10::amount AS d, '\\x00ff'::image AS b`
    assert.equal(await ask(ofDomains), '[{"n":null,"d":1.10,"b":"AP8="}]')
    assert.equal(await ask('SELECT'), '[{}]')
    assert.equal(await ask('SELECT 1 AS "a ""b"""'), '[{"a \\"b\\"":1}]')
    await assert.rejects(ask('SELECT 1 AS a) AS x, (SELECT 2 AS b'), { reason: 'bad_value' })
    await assert.rejects(ask('SELECT $1'), { reason: 'bad_value', message: /no parameters/ })
    await assert.rejects(ask('SELECT * FROM nowhere;'), { reason: 'unknown_table', message: /nowhere/ })
  })

  it('ten thousand rows are one call', async () => {
    await client.sql('CREATE TABLE many (n integer PRIMARY KEY, t text)')
    const rows = Array.from({ length: 10_000 }, (_, n) => `{"n":${n},"t":"row ${n}"}`)
    const answer = await client.create('many', `[${rows.join(',')}]`, { rowCount: 10_000 })
    assert.equal(answer.length > 100_000, true)
    assert.equal((await client.sql('SELECT count(*) AS n FROM many'))[0]?.n, '10000')
  })
})

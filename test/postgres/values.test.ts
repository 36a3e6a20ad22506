import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { tryValueCases } from '../support/value-cases.js'
import { OnPostgres, type PluginClient } from './on-postgres.js'
import { caseTypes, valueCases } from './value-cases.js'

describe('Values of PostgreSQL', { skip: whyNoServer('postgres') }, () => {
  const postgres = new OnPostgres()
  let client: PluginClient
  before(async () => {
    const tables = valueCases.map(({ type }, index) => `CREATE TABLE t${index} (v ${type})`)
    client = await postgres.open(`${caseTypes}; ${tables.join('; ')}`)
  })

  tryValueCases(() => client, valueCases, 'postgres')

  it('ten thousand rows are one call', async () => {
    await client.sql('CREATE TABLE many (n integer PRIMARY KEY, t text)')
    const rows = Array.from({ length: 10_000 }, (_, n) => `{"n":${n},"t":"row ${n}"}`)
    const answer = await client.create('many', `[${rows.join(',')}]`, { rowCount: 10_000 })
    assert.equal(answer.length > 100_000, true)
    assert.equal((await client.sql('SELECT count(*) AS n FROM many'))[0]?.n, '10000')
  })
})

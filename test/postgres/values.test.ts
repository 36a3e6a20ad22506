import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { repositoryPath } from '../support/repository-path.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { contextWith, OnPostgres, type PluginClient } from './on-postgres.js'
import { caseTypes, type ValueCase, valueCases } from './value-cases.js'

const context = contextWith({ timezone: 'Europe/Berlin' })

describe('Values of PostgreSQL', { skip: whyNoServer('postgres') }, () => {
  const postgres = new OnPostgres()
  let client: PluginClient
  before(async () => {
    const tables = valueCases.map(({ type }, index) => `CREATE TABLE t${index} (v ${type})`)
    client = await postgres.open(`${caseTypes}; ${tables.join('; ')}`)
  })

  for (const [index, value] of valueCases.entries()) {
    const table = `t${index}`
    const read = async () => (await client.rows(table, { context })).slice('[{"v":'.length, -'}]'.length)

    it(`${value.type}: ${value.stored} is answered as ${value.answered}`, async () => {
      await client.sql(`DELETE FROM ${table}; INSERT INTO ${table} VALUES (${value.stored})`)
      assert.equal(await read(), value.answered)
    })

    for (const json of acceptedOf(value)) {
      it(`${value.type}: ${json} is taken, by a new row and by a change`, async () => {
        await client.sql(`DELETE FROM ${table}`)
        await client.create(table, `[{"v":${json}}]`, { context })
        assert.equal(await read(), value.answered)
        await client.sql(`UPDATE ${table} SET v = NULL`)
        await client.update(table, `{"v":${json}}`, { context })
        assert.equal(await read(), value.answered)
      })
    }

    for (const json of value.refused ?? []) {
      it(`${value.type}: ${json} is refused, naming the column`, async () => {
        const refusal = { reason: 'bad_value', details: { column: 'v' } }
        const only = ({ reason, details }: { reason: string; details: object }) => ({ reason, details })
        const asked = client.create(table, `[{"v":${json}}]`, { context })
        assert.deepEqual(only(await asked.then(assert.fail, (error) => error)), refusal)
      })
    }
  }

  it('ten thousand rows are one call', async () => {
    await client.sql('CREATE TABLE many (n integer PRIMARY KEY, t text)')
    const rows = Array.from({ length: 10_000 }, (_, n) => `{"n":${n},"t":"row ${n}"}`)
    const answer = await client.create('many', `[${rows.join(',')}]`, { rowCount: 10_000 })
    assert.equal(answer.length > 100_000, true)
    assert.equal((await client.sql('SELECT count(*) AS n FROM many'))[0]?.n, '10000')
  })

  it('the table in the README is made of these', () => {
    const readme = readFileSync(repositoryPath('plugins/postgres/README.md'), 'utf8')
    const rows = valueCases.map(tableRow)
    assert.deepEqual(
      rows.filter((row) => !readme.includes(row)),
      [],
    )
  })
})

function acceptedOf({ answered, accepted = [] }: ValueCase): readonly string[] {
  return answered === 'null' ? accepted : [answered, ...accepted]
}

const tableRow = ({ type, stored, answered, accepted = [], refused = [] }: ValueCase): string =>
  `| \`${type}\` | \`${stored}\` | \`${answered}\` | ${codes(accepted)} | ${codes(refused)} |`.replace(/ {2}\|/g, ' |')

const codes = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ')

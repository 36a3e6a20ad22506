import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import type { PluginError } from '@easyrest/protocol'
import { contextWith, type PluginClient } from './on-database.js'
import { repositoryPath } from './repository-path.js'

/** What a column of a type holds, answers (in Europe/Berlin) and takes. The table of the README is made of these. */
export interface ValueCase {
  readonly type: string
  /** SQL of what is stored. */
  readonly stored: string
  /** The bytes of the answer. */
  readonly answered: string
  /** JSON that is written and read back as `answered`; the answer itself is tried in any case, unless it is null. */
  readonly accepted?: readonly string[]
  /** The answer itself cannot be written. */
  readonly unwritable?: boolean
  /** JSON that is refused with bad_value naming the column. */
  readonly refused?: readonly string[]
}

/**
 * Tries each case on a table of its own, t0, t1 and so on with one column v, in Europe/Berlin. Call it inside describe.
 * @param plugin whose README has a table of these cases
 */
export function tryValueCases(client: () => PluginClient, cases: readonly ValueCase[], plugin: string): void {
  const context = contextWith({ timezone: 'Europe/Berlin' })
  for (const [index, value] of cases.entries()) {
    const table = `t${index}`
    const read = async () => (await client().rows(table, { context })).slice('[{"v":'.length, -'}]'.length)

    it(`${value.type}: ${value.stored} is answered as ${value.answered}`, async () => {
      await client().sql(`DELETE FROM ${table}; INSERT INTO ${table} VALUES (${value.stored})`)
      assert.equal(await read(), value.answered)
    })

    for (const json of acceptedOf(value)) {
      it(`${value.type}: ${json} is taken, by a new row and by a change`, async () => {
        await client().sql(`DELETE FROM ${table}`)
        await client().create(table, `[{"v":${json}}]`, { context })
        assert.equal(await read(), value.answered)
        await client().sql(`UPDATE ${table} SET v = NULL`)
        await client().update(table, `{"v":${json}}`, { context })
        assert.equal(await read(), value.answered)
      })
    }

    for (const json of value.refused ?? []) {
      it(`${value.type}: ${json} is refused, naming the column`, async () => {
        const refusal = { reason: 'bad_value', details: { column: 'v' } }
        // The server's own words are for the log.
        const only = ({ reason, details: { log: _, ...details } }: PluginError) => ({ reason, details })
        const asked = client().create(table, `[{"v":${json}}]`, { context })
        assert.deepEqual(only(await asked.then(assert.fail, (error) => error)), refusal)
      })
    }
  }

  it('the table in the README is made of these', () => {
    const readme = readFileSync(repositoryPath('plugins', plugin, 'README.md'), 'utf8')
    const rows = cases.map(tableRow)
    assert.deepEqual(
      rows.filter((row) => !readme.includes(row)),
      [],
    )
  })
}

function acceptedOf({ answered, accepted = [], unwritable }: ValueCase): readonly string[] {
  return answered === 'null' || unwritable ? accepted : [answered, ...accepted]
}

const tableRow = ({ type, stored, answered, accepted = [], refused = [] }: ValueCase): string =>
  `| \`${type}\` | \`${stored}\` | \`${answered}\` | ${codes(accepted)} | ${codes(refused)} |`.replace(/ {2}\|/g, ' |')

const codes = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ')

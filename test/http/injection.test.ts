import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { expectNoInjection, injectionTimeoutMs as timeout } from './injection/expect-no-injection.js'
import { judge } from './injection/injection-oracle.js'
import { samplePayloads } from './injection/payloads.js'
import { positions } from './injection/positions.js'
import { recordedSqlite } from './injection/recorded-sqlite.js'

test(
  'SQLite: no text becomes part of a statement, shows what the driver said, or changes a row',
  { timeout },
  async (t) => expectNoInjection(t, await recordedSqlite()),
)

test('a plugin that makes its statements of values is found out, by each of the three (control)', {
  timeout,
}, async (t) => {
  const recorded = await recordedSqlite((directory) => fixtureProgram('concatenating-plugin', directory))
  t.after(() => recorded.close())
  const condition = positions.filter(({ name }) => name === 'where.eq.name=@')
  const { statements, faults, changes } = await judge(recorded, condition, samplePayloads(60))
  assert.ok(statements.length > 0, 'statements')
  assert.ok(faults.length > 0, 'faults')
  assert.ok(changes.length > 0, 'changes')
})

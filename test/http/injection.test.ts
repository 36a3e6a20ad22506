import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { fixtureProgram } from '../support/fixture-program.js'
import { judge } from './injection/injection-oracle.js'
import { payloads, samplePayloads } from './injection/payloads.js'
import { positions } from './injection/positions.js'
import type { RecordedServer } from './injection/recorded-server.js'
import { recordedSqlite } from './injection/recorded-sqlite.js'

const timeout = forRun(240_000, 3_000_000)

test('no text in any position becomes part of a statement, shows what the driver said, or changes a row', {
  timeout,
}, async (t) => {
  const recorded = await open(t, recordedSqlite())
  const texts = samplePayloads(forRun(40, payloads().length))
  const verdict = await judge(recorded, positions, texts)
  assert.ok(verdict.sent > positions.length * texts.length * 0.8, `only ${verdict.sent} could be sent`)
  t.diagnostic(`${positions.length} positions, ${texts.length} texts, ${verdict.sent} requests`)
  assert.deepEqual({ ...verdict, sent: 0 }, { sent: 0, statements: [], faults: [], changes: [] })
})

test('a plugin that makes its statements of values is found out, by each of the three (control)', {
  timeout,
}, async (t) => {
  const recorded = await open(
    t,
    recordedSqlite((directory) => fixtureProgram('concatenating-plugin', directory)),
  )
  const condition = positions.filter(({ name }) => name === 'where.eq.name=@')
  const { statements, faults, changes } = await judge(recorded, condition, samplePayloads(60))
  assert.ok(statements.length > 0, 'statements')
  assert.ok(faults.length > 0, 'faults')
  assert.ok(changes.length > 0, 'changes')
})

async function open(t: TestContext, opening: Promise<RecordedServer>): Promise<RecordedServer> {
  const recorded = await opening
  t.after(() => recorded.close())
  return recorded
}

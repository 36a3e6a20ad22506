import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { judge } from './injection-oracle.js'
import { payloads, samplePayloads } from './payloads.js'
import { positions } from './positions.js'
import type { RecordedServer } from './recorded-server.js'

/**
 * Fails when a text in some position of a request becomes part of a statement, shows a driver's words or changes a row.
 * @param longTexts how many texts the long run takes
 */
export async function expectNoInjection(
  t: TestContext,
  recorded: RecordedServer,
  longTexts = payloads().length,
): Promise<void> {
  t.after(() => recorded.close())
  const texts = samplePayloads(forRun(30, longTexts))
  const verdict = await judge(recorded, positions, texts)
  t.diagnostic(`${positions.length} positions, ${texts.length} texts, ${verdict.sent} requests`)
  assert.ok(verdict.sent > positions.length * texts.length * 0.8, `only ${verdict.sent} could be sent`)
  assert.deepEqual({ ...verdict, sent: 0 }, { sent: 0, statements: [], faults: [], changes: [] })
}

/** The time that takes, with a wide margin. */
export const injectionTimeoutMs = forRun(240_000, 3_000_000)

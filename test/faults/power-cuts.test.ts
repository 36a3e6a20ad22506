import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { cutPower, type PowerCuts } from '../support/crash-images/cut-power.js'
import { recordInserts } from '../support/crash-images/record-inserts.js'
import { whyNoStrace } from '../support/crash-images/why-no-strace.js'

const images = forRun(250, 10_000)
const batches = forRun(25, 100)
const seed = forRun(1, Date.now() % 2 ** 31)
const skip = whyNoStrace() ?? false

/** What docs/reliability.md promises to survive. */
const promised = {
  'a write-ahead log': '',
  'a write-ahead log, with a checkpoint every ten pages': '?_pragma=wal_autocheckpoint(10)',
  'a rollback journal': '?_pragma=journal_mode(delete)',
}

/** What it says not to do. */
const unsafe = {
  'a write-ahead log with synchronous=NORMAL': '?_pragma=synchronous(normal)',
  'a rollback journal whose removal is not synced': '?_pragma=journal_mode(delete)&_pragma=synchronous(full)',
}

describe(`A power cut at ${images} points of multi-row inserts`, { skip, timeout: 3_000_000 }, () => {
  for (const [what, options] of Object.entries(promised)) {
    it(`loses nothing that was acknowledged, and leaves no half batch: ${what}`, async (t) => {
      const { verdicts, firstFault } = await cut(t, options, images)
      assert.equal(firstFault, undefined)
      assert.deepEqual(verdicts, { good: images, broken: 0, half: 0, lost: 0 })
    })
  }

  for (const [what, options] of Object.entries(unsafe)) {
    it(`loses acknowledged batches, but leaves no half one (control): ${what}`, async (t) => {
      const { verdicts } = await cut(t, options, 200)
      assert.ok(verdicts.lost > 0, 'nothing was lost: the simulation proves nothing')
      assert.deepEqual({ ...verdicts, good: 0, lost: 0 }, { good: 0, broken: 0, half: 0, lost: 0 })
    })
  }

  it('breaks a database that is never synced (control)', async (t) => {
    const { verdicts } = await cut(t, '?_pragma=journal_mode(delete)&_pragma=synchronous(off)', 200)
    assert.ok(verdicts.broken > 0, 'nothing was broken: the simulation proves nothing')
  })
})

async function cut(t: Parameters<typeof recordInserts>[0], options: string, count: number): Promise<PowerCuts> {
  const started = performance.now()
  const recording = await recordInserts(t, options, batches)
  const cuts = await cutPower(recording, count, seed)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const { good, broken, half, lost } = cuts.verdicts
  const counts = `${good} good, ${broken} broken, ${half} half, ${lost} lost`
  t.diagnostic(`${count} images of ${recording.events.length} events, seed ${seed}: ${counts}; ${seconds} s`)
  return cuts
}

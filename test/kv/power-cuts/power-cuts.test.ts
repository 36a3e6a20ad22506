import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { cutPower } from '../../support/crash-images/cut-power.js'
import { whyNoStrace } from '../../support/crash-images/why-no-strace.js'
import { judgeDocuments } from './judge-documents.js'
import { recordDocuments } from './record-documents.js'

const images = forRun(150, 10_000)
const batches = forRun(20, 100)
const seed = forRun(1, Date.now() % 2 ** 31)

describe(`A power cut at ${images} points of batches of documents`, {
  skip: whyNoStrace() ?? false,
  timeout: 3_000_000,
}, () => {
  for (const [what, options] of [
    ['a write-ahead log', ''],
    ['a rollback journal', '?_pragma=journal_mode(delete)'],
  ] as const) {
    it(`loses nothing that was acknowledged, and leaves no half batch: ${what}`, async (t) => {
      const { verdicts, firstFault } = await cut(t, options, images)
      assert.equal(firstFault, undefined)
      assert.deepEqual(verdicts, { good: images, broken: 0, half: 0, lost: 0 })
    })
  }

  it('loses acknowledged batches where the disk is not waited for (control)', async (t) => {
    const { verdicts } = await cut(t, '?_pragma=synchronous(normal)', 100)
    assert.ok(verdicts.lost > 0, 'nothing was lost: the simulation proves nothing')
    assert.deepEqual({ ...verdicts, good: 0, lost: 0 }, { good: 0, broken: 0, half: 0, lost: 0 })
  })
})

const cut = async (t: TestContext, options: string, count: number) =>
  cutPower(await recordDocuments(t, options, batches), count, seed, judgeDocuments)

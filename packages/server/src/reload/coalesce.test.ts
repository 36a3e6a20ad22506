import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { coalesce } from './coalesce.js'

describe('Calls that come while one runs', () => {
  test('share the next run, and its answer', async () => {
    let runs = 0
    const call = coalesce(async () => {
      await sleep(20)
      return ++runs
    })
    const answers = await Promise.all(Array.from({ length: 20 }, () => call()))
    assert.deepEqual(answers, [1, ...Array(19).fill(2)])
    assert.equal(await call(), 3, 'control: a call that comes later is a run of its own')
  })
})

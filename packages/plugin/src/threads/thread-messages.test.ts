import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedState } from './thread-messages.js'

// The first ids of a thread, and those after days of calls, which are more than a word of shared memory holds.
for (const before of [0, 2 ** 31 - 2, 2 ** 31 + 5, 2 ** 32 - 6, 2 ** 33 + 7]) {
  test(`what waits behind call ${before + 2}`, () => {
    const state = new SharedState()
    const [first, second, third] = [before + 1, before + 2, before + 3]
    const waiting = () => [first, second, third].filter((id) => state.isWaiting(id))
    state.begin(first)
    assert.deepEqual(waiting(), [second, third])
    state.begin(second)
    assert.deepEqual(waiting(), [first, third], 'the first is answered, and held back')
    state.rest()
    assert.deepEqual(waiting(), [third], 'the answers are on their way')
    state.giveUp(third)
    assert.deepEqual(
      [first, second, third].filter((id) => state.isGivenUp(id)),
      [third],
    )
  })
}

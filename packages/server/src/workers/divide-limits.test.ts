import assert from 'node:assert/strict'
import { test } from 'node:test'
import { divideLimits } from './divide-limits.js'

const parts = (inFlight: number, queue: number, count: number): [number, number][] =>
  Array.from({ length: count }, (_, index) => {
    const part = divideLimits({ inFlight, queue }, index, count)
    return [part.inFlight, part.queue]
  })

test('the parts of the workers make up the whole', () => {
  assert.deepEqual(parts(64, 256, 2), [
    [32, 128],
    [32, 128],
  ])
  assert.deepEqual(parts(10, 8, 3), [
    [4, 3],
    [3, 3],
    [3, 2],
  ])
})

test('every worker may have one call in flight, and one waiting where there is a queue', () => {
  assert.deepEqual(parts(1, 1, 2), [
    [1, 1],
    [1, 1],
  ])
  assert.deepEqual(parts(2, 0, 2), [
    [1, 0],
    [1, 0],
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lifeClock } from './life-clock.js'

test('time goes on through sleep, and never back', () => {
  let monotonic = 50
  let wall = 1_000_000
  const clock = lifeClock(
    () => monotonic,
    () => wall,
  )
  const pass = (awake: number, onTheWall: number): number => {
    const before = clock.now()
    monotonic += awake
    wall += onTheWall
    return clock.now() - before
  }
  assert.equal(pass(10, 10), 10)
  assert.equal(pass(5, 3605), 3605, 'asleep for an hour')
  assert.equal(pass(10, -100_000), 10, 'the clock was set back')
  assert.equal(pass(10, 10), 10)
  assert.equal(pass(10, 100_000), 10, 'the clock was set right again')
  assert.equal(pass(10, 10), 10)
})

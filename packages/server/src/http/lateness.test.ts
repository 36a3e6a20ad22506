import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { Lateness } from './lateness.js'

/** One turn of an event loop that is busy for so long, with work that comes at its end. */
const turn = async (lateness: Lateness, busyMs: number): Promise<boolean> => {
  const until = performance.now() + busyMs
  while (performance.now() < until);
  const refused = lateness.mustRefuse()
  await nextTurn()
  return refused
}

describe('An event loop that is late', () => {
  test('refuses work when it is late again and again, and takes it when it is on time', async () => {
    const lateness = new Lateness()
    assert.equal(lateness.mustRefuse(), false)
    const refused = []
    for (let count = 0; count < 6; count++) refused.push(await turn(lateness, 90))
    assert.deepEqual([refused.at(0), refused.at(-1)], [false, true])
    await sleep(30)
    assert.equal(lateness.mustRefuse(), false)
  })

  test('refuses work when one turn does not end', () => {
    const lateness = new Lateness()
    const refused = Array.from({ length: 80 }, () => {
      const until = performance.now() + 5
      while (performance.now() < until);
      return lateness.mustRefuse()
    })
    const first = refused.indexOf(true)
    assert.ok(first > 1 && refused.slice(first).every(Boolean), `the first refused was number ${first}`)
  })

  test('refuses nothing of what a pause has held up', async () => {
    const lateness = new Lateness()
    lateness.mustRefuse()
    const until = performance.now() + 300
    while (performance.now() < until);
    const refused = Array.from({ length: 1000 }, () => lateness.mustRefuse())
    assert.deepEqual([...new Set(refused)], [false])
  })

  test('refuses at once when it has refused a moment ago', async () => {
    const lateness = new Lateness()
    lateness.mustRefuse()
    for (let count = 0; count < 6; count++) await turn(lateness, 90)
    await sleep(30)
    assert.equal(lateness.mustRefuse(), false)
    assert.equal(await turn(lateness, 90), true)
  })

  test('refuses nothing for single pauses, however long', async () => {
    const lateness = new Lateness()
    lateness.mustRefuse()
    for (let count = 0; count < 4; count++) {
      assert.equal(await turn(lateness, 300), false)
      await sleep(30)
      assert.equal(lateness.mustRefuse(), false)
      await sleep(30)
    }
  })

  test('costs nothing while nothing comes', async () => {
    const lateness = new Lateness()
    lateness.mustRefuse()
    await sleep(100)
    assert.equal(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length, 0)
  })
})

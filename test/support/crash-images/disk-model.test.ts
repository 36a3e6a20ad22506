import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DiskEvent } from './disk-event.js'
import { DiskModel, type Survival, survivals } from './disk-model.js'
import { Random } from './random.js'

const write = (name: string, offset: number, text: string): DiskEvent => ({
  ...{ kind: 'write', name, offset },
  data: Buffer.from(text),
})

const diskAfter = (events: readonly DiskEvent[], files: Record<string, string> = {}): DiskModel => {
  const disk = new DiskModel(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])))
  for (const [index, event] of events.entries()) disk.apply(event, index)
  return disk
}

/** Every outcome that a hundred power cuts have, as text. */
const outcomes = (disk: DiskModel, survival: Survival): Set<string> => {
  const random = new Random(7)
  const texts = Array.from({ length: 100 }, () => {
    const image = disk.cut(survival, random)
    return [...image].map(([name, bytes]) => `${name}=${bytes.toString().replaceAll('\0', '0')}`).join(' ')
  })
  return new Set(texts)
}

test('what was synced is there, whatever chance decides', () => {
  const events: DiskEvent[] = [write('a', 1, 'XY'), { kind: 'sync', name: 'a', covers: 1 }]
  for (const survival of survivals)
    assert.deepEqual(outcomes(diskAfter(events, { a: '1234' }), survival), new Set(['a=1XY4']))
})

test('of what was not synced anything may be there', () => {
  const disk = diskAfter([write('a', 0, 'X'), write('a', 2, 'Y')], { a: '12' })
  assert.deepEqual(outcomes(disk, 'none'), new Set(['a=12']))
  assert.deepEqual(outcomes(disk, 'all'), new Set(['a=X2Y']))
  assert.deepEqual(outcomes(disk, 'first'), new Set(['a=12', 'a=X2', 'a=X2Y']))
  assert.deepEqual(outcomes(disk, 'random'), new Set(['a=12', 'a=X2', 'a=12Y', 'a=X2Y']))
})

test('a write that began while fsync ran is not covered by it', () => {
  const disk = diskAfter([write('a', 0, 'X'), write('a', 1, 'Y'), { kind: 'sync', name: 'a', covers: 1 }], { a: '12' })
  assert.deepEqual(outcomes(disk, 'none'), new Set(['a=X2']))
})

test('a torn write leaves sectors of 512 bytes, old or new', () => {
  const old = 'o'.repeat(2048)
  const disk = diskAfter([write('a', 500, 'n'.repeat(1024))], { a: old })
  const seen = outcomes(disk, 'torn')
  // The write touches the sectors 0 to 2.
  assert.equal(seen.size, 8)
  assert.ok(seen.has(`a=${'o'.repeat(512)}${'n'.repeat(512)}${'o'.repeat(1024)}`))
})

test('names made and removed are durable in their order, and only by an fsync of the directory', () => {
  const events: DiskEvent[] = [
    { kind: 'create', name: 'j' },
    write('j', 0, 'J'),
    { kind: 'sync', name: 'j', covers: 2 },
    { kind: 'unlink', name: 'j' },
    { kind: 'create', name: 'j' },
  ]
  assert.deepEqual(outcomes(diskAfter(events), 'first'), new Set(['', 'j=J', 'j=']))
  const synced = diskAfter([...events.slice(0, 3), { kind: 'sync', name: undefined, covers: 3 }, events[3]!])
  assert.deepEqual(outcomes(synced, 'first'), new Set(['j=J', '']))
})

test('a file may be cut, and what is written behind its end leaves zeros', () => {
  const disk = diskAfter([{ kind: 'truncate', name: 'a', size: 1 }, write('a', 3, 'X')], { a: '12' })
  assert.deepEqual(outcomes(disk, 'all'), new Set(['a=100X']))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newRingMemory, type RingSlice, SharedRing } from './shared-ring.js'

test('frames come out as they went in, however writing and reading alternate', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 400_000 }), fc.boolean()), { maxLength: 60 }), (steps) => {
      const memory = newRingMemory()
      const writer = new SharedRing(memory)
      const reader = new SharedRing(memory)
      const inside: { slice: RingSlice; mark: number; length: number }[] = []
      let mark = 0
      const takeOne = () => {
        const oldest = inside.shift()
        if (oldest === undefined) return
        const frame = reader.take(oldest.slice)
        assert.equal(frame.length, oldest.length)
        assert.ok(frame.every((byte) => byte === oldest.mark))
      }
      for (const [length, take] of steps) {
        mark = (mark + 1) % 256
        const slice = writer.write(Buffer.alloc(length, mark))
        if (slice !== undefined) inside.push({ slice, mark, length })
        else assert.ok(inside.length > 0, 'an empty ring has room for any frame up to its size')
        if (take) takeOne()
      }
      while (inside.length > 0) takeOne()
      assert.ok(writer.write(Buffer.alloc(400_000, 1)) !== undefined)
    }),
    { numRuns: 200 },
  )
})

import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanPath } from './clean-path.js'

test('a path is cleaned as posix.normalize does it', () => {
  const segment = fc.constantFrom('a', 'b', '', '.', '..', '...', '.a', '%2F')
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const path = `/${segments.join('/')}`
      assert.equal(cleanPath(path), posix.normalize(path))
    }),
    { numRuns: 2000 },
  )
})

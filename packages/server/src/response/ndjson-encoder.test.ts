import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NdjsonEncoder } from './ndjson-encoder.js'
import { arrayContent } from './row-splitter.js'
import { oddlySpacedRows } from './test-support/odd-rows.js'

describe('NdjsonEncoder', () => {
  it('writes each row on a line of its own', () => {
    fc.assert(
      fc.property(oddlySpacedRows, ({ array, values }) => {
        const lines = encode(array).split('\n')
        assert.equal(lines.pop(), '')
        assert.deepEqual(
          lines.map((line) => JSON.parse(line)),
          values,
        )
      }),
    )
  })

  it('changes nothing in a row but line breaks between its tokens', () => {
    assert.equal(
      encode('[{"n": 1.0 ,"s":"a\\nb"},\n {"d":\r\n9007199254740993}\n]'),
      '{"n": 1.0 ,"s":"a\\nb"}\n{"d":  9007199254740993}\n',
    )
  })

  it('leaves the bytes it was given alone', () => {
    const rows = Buffer.from('{"a":\n1}')
    new NdjsonEncoder().encode(rows)
    assert.equal(rows.toString(), '{"a":\n1}')
  })
})

const encode = (array: string): string => {
  const encoder = new NdjsonEncoder()
  return Buffer.concat([...encoder.encode(arrayContent(Buffer.from(array))), ...encoder.end()]).toString()
}

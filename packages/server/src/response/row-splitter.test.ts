import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ApiError } from '../errors.js'
import { arrayContent, cutRows, splitRows } from './row-splitter.js'
import { oddlySpacedRows } from './test-support/odd-rows.js'

describe('splitRows', () => {
  it('finds the rows that JSON.parse finds, however they are spaced', () => {
    fc.assert(
      fc.property(oddlySpacedRows, ({ array, values }) => {
        assert.deepEqual(split(arrayContent(Buffer.from(array))).map(parse), values)
      }),
    )
  })

  it('leaves every byte of a row as it is', () => {
    assert.deepEqual(split(Buffer.from(' {"a" : 1.0}\n,\t{"b":"},{\\"\\\\"} ')), ['{"a" : 1.0}', '{"b":"},{\\"\\\\"}'])
  })

  it('finds nothing in nothing', () => {
    assert.deepEqual(split(Buffer.from('')), [])
    assert.deepEqual(split(Buffer.from(' \n')), [])
  })

  for (const rows of [
    '{',
    '}',
    '{"a":1',
    '{},',
    ',{}',
    '{},,{}',
    '{}{}',
    '[1]',
    '1',
    '"{}"',
    '{"a',
    '{"a\n":1}',
    '{}]',
    '[{}]',
  ])
    it(`refuses ${JSON.stringify(rows)}`, () => {
      assert.throws(() => split(Buffer.from(rows)), isPluginError)
    })

  it('is linear, however deep', () => {
    const deep = Buffer.from(`{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`)
    assert.equal(split(deep).length, 1)
  })
})

describe('cutRows', () => {
  it('cuts at rows, and loses none', () => {
    fc.assert(
      fc.property(oddlySpacedRows, fc.integer({ min: 1, max: 200 }), ({ array, values }, size) => {
        const pieces = cutRows(arrayContent(Buffer.from(array)), size)
        assert.deepEqual(
          pieces.flatMap((piece) => parse(`[${Buffer.from(piece)}]`) as unknown[]),
          values,
        )
        assert.ok(pieces.slice(0, -1).every((piece) => piece.length >= size))
      }),
    )
  })
})

describe('arrayContent', () => {
  it('takes the brackets away', () => {
    assert.equal(Buffer.from(arrayContent(Buffer.from('\n[ {} ]\r\n'))).toString(), ' {} ')
    assert.equal(arrayContent(Buffer.from('[]')).length, 0)
  })

  for (const array of ['', ' ', '[', ']', '{}', '[{}', '{}]'])
    it(`refuses ${JSON.stringify(array)}`, () => {
      assert.throws(() => arrayContent(Buffer.from(array)), isPluginError)
    })
})

const split = (rows: Uint8Array): string[] => {
  const found: string[] = []
  splitRows(rows, (start, end) => found.push(Buffer.from(rows.subarray(start, end)).toString()))
  return found
}

const parse = (text: string): unknown => JSON.parse(text)

const isPluginError = (error: unknown): boolean => error instanceof ApiError && error.code === 'plugin_error'

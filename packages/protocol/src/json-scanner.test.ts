import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseJsonRow, parseJsonRows } from './json-rows.js'
import { JsonScanError, scanJson } from './json-scanner.js'

const problemOf = (text: string | Buffer, limits?: { maxDepth: number; maxMembers: number }): string | undefined => {
  try {
    scanJson(Buffer.from(text), {}, limits)
    return undefined
  } catch (error) {
    if (error instanceof JsonScanError) return error.problem
    throw error
  }
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('every text that JSON.stringify prints is accepted', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      assert.equal(problemOf(JSON.stringify(value)), undefined)
    }),
  )
})

test('a damaged text is accepted only where JSON.parse accepts it too', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom(...'{}[]",:\\tfn01.eE+-u \n'),
      (value, at, inserted) => {
        const text = JSON.stringify(value)
        const position = at % (text.length + 1)
        for (const damaged of [
          text.slice(0, position) + inserted + text.slice(position),
          text.slice(0, position) + text.slice(position + 1),
          text.slice(0, position),
        ]) {
          // Lone surrogates appear when an escape is cut; we refuse them and JSON.parse does not.
          if (problemOf(damaged) === undefined) assert.ok(parses(damaged), damaged)
          else if (parses(damaged)) assert.match(damaged, /\\u[dD]|"(.*)":.*"\1":/s)
        }
      },
    ),
    { numRuns: 3000 },
  )
})

test('members that occur twice are refused at any depth and in any spelling', () => {
  assert.equal(problemOf('{"a":1,"a":2}'), 'duplicate_member')
  assert.equal(problemOf('[{"x":{"a":1,"\\u0061":2}}]'), 'duplicate_member')
  assert.equal(problemOf('{"a":{"a":1},"b":{"a":1}}'), undefined)
  assert.equal(problemOf('{"__proto__":1,"constructor":2}'), undefined)
})

test('depth and the number of members have limits', () => {
  const limits = { maxDepth: 3, maxMembers: 2 }
  assert.equal(problemOf('[[[1]]]', limits), undefined)
  assert.equal(problemOf('[[[[1]]]]', limits), 'too_deep')
  assert.equal(problemOf('{"a":1,"b":2,"c":3}', limits), 'too_many_members')
  assert.equal(problemOf('['.repeat(1_000_000)), 'too_deep')
})

test('text that no UTF-8 can carry is refused', () => {
  assert.equal(problemOf('"\\ud800"'), 'syntax')
  assert.equal(problemOf('"\\udc00\\ud800"'), 'syntax')
  assert.equal(problemOf('"\\ud83c\\udf0d"'), undefined)
  assert.equal(problemOf(Buffer.from([0x22, 0xff, 0x22])), 'syntax')
})

test('an error says where it is', () => {
  assert.throws(() => scanJson(Buffer.from('{"a":tru}'), {}), /expected true at byte 5/)
  assert.throws(() => scanJson(Buffer.from('[1,'), {}), /expected a value, but the text ends at byte 3/)
  assert.throws(() => scanJson(Buffer.from('{} x'), {}), /expected the end of the text at byte 3/)
})

test('rows keep every digit, and nested values their spelling', () => {
  const [row] = parseJsonRows(
    Buffer.from('[ {"n": 12345678901234567890.10, "t":"a\\u0000\\n", "j": { "b" : [1, 2.0] }, "z":null, "e":[]} ]'),
  )
  assert.deepEqual(Object.fromEntries(row!), {
    n: { kind: 'number', text: '12345678901234567890.10' },
    t: { kind: 'string', text: 'a\0\n' },
    j: { kind: 'json', text: '{ "b" : [1, 2.0] }' },
    z: { kind: 'null' },
    e: { kind: 'json', text: '[]' },
  })
})

test('one row is read like many', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean(), fc.constant(null))), (object) => {
      const row = parseJsonRow(Buffer.from(JSON.stringify(object)))
      const values = [...row].map(([name, value]) => [
        name,
        value.kind === 'string' ? value.text : { true: true, false: false, null: null }[value.kind as 'true'],
      ])
      assert.deepEqual(Object.fromEntries(values), Object.fromEntries(Object.entries(object)))
    }),
  )
})

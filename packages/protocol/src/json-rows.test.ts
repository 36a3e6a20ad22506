import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJsonRow, parseJsonRows, parseJsonValues } from './json-rows.js'

test('rows keep digits, spelling and order', () => {
  const rows = parseJsonRows(Buffer.from('[ {"a":1.50, "b":{"x": [1]}}, {"c":"\\u00e9","d":null} ]'))
  assert.deepEqual(
    rows.map((row) => [...row]),
    [
      [
        ['a', { kind: 'number', text: '1.50' }],
        ['b', { kind: 'json', text: '{"x": [1]}' }],
      ],
      [
        ['c', { kind: 'string', text: 'é' }],
        ['d', { kind: 'null' }],
      ],
    ],
  )
})

test('the values of an array keep digits and spelling', () => {
  assert.deepEqual(parseJsonValues(Buffer.from('[ 9007199254740993, "\\u0000é", null,true, {"x": [1]}, [] ]')), [
    { kind: 'number', text: '9007199254740993' },
    { kind: 'string', text: '\u0000é' },
    { kind: 'null' },
    { kind: 'true' },
    { kind: 'json', text: '{"x": [1]}' },
    { kind: 'json', text: '[]' },
  ])
  assert.deepEqual(parseJsonValues(Buffer.from('[]')), [])
})

for (const text of ['{}', '5', 'null', '', '[1', '[1] 2']) {
  test(`${JSON.stringify(text)} is no array of values`, () => {
    assert.throws(() => parseJsonValues(Buffer.from(text)), { name: 'JsonScanError' })
  })
}

for (const [text, problem] of [
  ['[1]', 'expected an object at byte 1'],
  ['[{},[]]', 'expected an object at byte 4'],
  ['[null]', 'expected an object at byte 1'],
  ['{"a":{}}', 'expected an array at byte 0'],
  ['null', 'expected an array at byte 0'],
  ['"x"', 'expected an array at byte 0'],
] as const) {
  test(`${text} is no list of rows`, () => {
    assert.throws(() => parseJsonRows(Buffer.from(text)), { name: 'JsonScanError', message: problem })
  })
}

for (const text of ['[]', '[{"a":1}]', '5', 'true']) {
  test(`${text} is no row`, () => {
    assert.throws(() => parseJsonRow(Buffer.from(text)), { message: 'expected an object at byte 0' })
  })
}

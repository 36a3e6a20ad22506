import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnswerError, printRows } from './print-rows.js'

const moment = new Date(Date.UTC(2024, 1, 29, 12))

const values: [value: unknown, json: string][] = [
  [9007199254740993n, '9007199254740993'],
  [0.1, '0.1'],
  [1e21, '1e+21'],
  [Number.NaN, 'null'],
  [null, 'null'],
  [true, 'true'],
  ['é\ud800"', '"é\ufffd\\""'],
  [Buffer.from([0, 255]), '"AP8="'],
  [moment, '"2024-02-29T12:00:00.000Z"'],
  [new Date(Number.NaN), 'null'],
  [Object(5), '5'],
  [{ toJSON: () => ({ n: 1n }) }, '{"n":1}'],
  [[], '[]'],
]

test('a value is printed the same in a column, in an array and in an object', () => {
  for (const [value, json] of values) {
    assert.equal(String(printRows([{ a: value }], 'x')), `[{"a":${json}}]`)
    assert.equal(String(printRows([{ a: { list: [value], gone: undefined } }], 'x')), `[{"a":{"list":[${json}]}}]`)
  }
})

const cycle: { self?: object } = {}
cycle.self = cycle

test('what JSON cannot hold is an error that names row and column, also within objects', () => {
  for (const value of [undefined, Symbol('s'), () => 1, new Map([['a', 1]]), new Set(), new Float64Array(1)]) {
    for (const column of [value, [value], { list: [value] }]) {
      const rows = [{ a: 1 }, { a: 1, b: column }]
      assert.throws(
        () => printRows(rows, 'tableGet'),
        isErrorOf('tableGet: row 1, column "b": expected a value JSON can'),
      )
    }
  }
  assert.throws(() => printRows([{ a: cycle }], 'x'), isErrorOf('x: row 0, column "a": expected at most 1000 levels'))
})

const isErrorOf = (start: string) => (error: unknown) => error instanceof AnswerError && error.message.startsWith(start)

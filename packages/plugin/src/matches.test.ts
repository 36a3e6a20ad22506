import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Operator, type Predicate, parseJsonRows } from '@easyrest/protocol'
import { matches } from './matches.js'

const row = parseJsonRows(
  Buffer.from('[{"n": 9007199254740993, "d": 1.50, "s": "Größe_1%", "b": true, "z": null, "j": [1]}]'),
)[0]!

const is = (column: string, operator: Operator, ...operands: string[]): Predicate => ({
  kind: 'comparison',
  column,
  operator,
  operands,
})

const not = (item: Predicate): Predicate => ({ kind: 'not', item })
const and = (...items: Predicate[]): Predicate => ({ kind: 'and', items })
const or = (...items: Predicate[]): Predicate => ({ kind: 'or', items })

const cases: [predicate: Predicate | undefined, expected: boolean][] = [
  [undefined, true],
  [is('n', 'eq', '9007199254740993'), true],
  [is('n', 'eq', '9007199254740992'), false],
  [is('n', 'gt', '9007199254740992'), true],
  [is('d', 'eq', '1.5'), true],
  [is('d', 'lt', '2'), true],
  [is('d', 'lte', '1.5'), true],
  [is('d', 'gte', '1.51'), false],
  [is('d', 'neq', '1'), true],
  [is('s', 'eq', 'größe_1%'), false],
  [is('s', 'like', 'Gr%1_'), true],
  [is('s', 'like', 'gr%'), false],
  [is('s', 'ilike', 'GRÖSSE%'), false],
  [is('s', 'ilike', 'gRÖß__1%%'), true],
  [is('s', 'like', '%ö%ö%'), false],
  [is('s', 'like', ''), false],
  [is('b', 'eq', 'true'), true],
  [is('b', 'is', 'true'), true],
  [is('b', 'is', 'false'), false],
  [is('z', 'is', 'null'), true],
  [is('z', 'is', 'unknown'), true],
  [is('z', 'is', 'not_null'), false],
  [is('n', 'in', '1', '9007199254740993'), true],
  [is('n', 'in'), false],
  [not(is('n', 'in')), true],
  [not(is('z', 'in')), true],
  [not(is('z', 'in', '1')), false],
  [is('d', 'between', '1.5', '2'), true],
  [is('d', 'between', '1.6', '2'), false],
  [is('z', 'isdistinct', '1'), true],
  [is('d', 'isdistinct', '1.5'), false],
  [is('z', 'eq', '1'), false],
  [not(is('z', 'eq', '1')), false],
  [not(and(is('z', 'eq', '1'), is('d', 'eq', '2'))), true],
  [or(is('z', 'eq', '1'), is('d', 'eq', '1.5')), true],
  [and(), true],
  [or(), false],
]

for (const [predicate, expected] of cases) {
  test(`${JSON.stringify(predicate)} is ${expected}`, () => assert.equal(matches(row, predicate), expected))
}

test('a column that is not there and a value that is no number are refused', () => {
  assert.throws(() => matches(row, is('nn', 'eq', '1')), {
    reason: 'unknown_column',
    details: { column: 'nn', nearest: 'n' },
  })
  assert.throws(() => matches(row, is('n', 'eq', 'x')), { reason: 'bad_value' })
  assert.throws(() => matches(row, is('n', 'unspecified', 'x')), { reason: 'unsupported' })
})

test('a number is among operands where it is equal to one of them', () => {
  const numbers = ['1', '1.50', '-0', '1e2', '0.1', '9007199254740993', '18446744073709551616', '1e999']
  const others = [
    '1.0',
    '15e-1',
    '0',
    '0.0',
    '100',
    '1e-1',
    '9007199254740992',
    '9007199254740993.0',
    '-1e999',
    '1e998',
    '1e300',
  ]
  for (const value of [...numbers, ...others]) {
    const row = new Map([['n', { kind: 'number', text: value } as const]])
    for (const operand of numbers) {
      assert.equal(
        matches(row, is('n', 'in', '7', operand, '8')),
        matches(row, is('n', 'eq', operand)),
        `${value} in ${operand}`,
      )
    }
  }
})

test('an operand that is no number is refused when a number is not among those before it', () => {
  assert.equal(matches(row, is('d', 'in', '1.5', 'x')), true)
  assert.throws(() => matches(row, is('d', 'in', '2', 'x', '1.5')), { reason: 'bad_value' })
  assert.equal(matches(row, is('s', 'in', 'x', 'Größe_1%')), true)
})

test('the operands of in are read once, however many rows there are', () => {
  let reads = 0
  const operands = new Proxy(
    Array.from({ length: 1000 }, (_, index) => String(index)),
    {
      get: (target, name) => {
        reads++
        return Reflect.get(target, name)
      },
    },
  )
  const where: Predicate = { kind: 'comparison', column: 'd', operator: 'in', operands }
  assert.equal(matches(row, where), false)
  const forTheFirst = reads
  for (let count = 0; count < 100; count++) matches(row, where)
  assert.ok(forTheFirst > 1000 && reads === forTheFirst, `${forTheFirst} reads for the first row, ${reads} for all`)
})

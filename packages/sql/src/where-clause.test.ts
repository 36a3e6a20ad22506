import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Operator, PluginError, type Predicate } from '@easyrest/protocol'
import type { Dialect } from './dialect.js'
import { books, plainDialect, plainTarget } from './plain-dialect.js'
import { StatementBuilder } from './statement.js'
import { writeWhere } from './where-clause.js'

const where = (predicate: Predicate | undefined) => {
  const out = new StatementBuilder(plainDialect)
  writeWhere(out, predicate, books, plainTarget)
  return out.build()
}

const compare = (column: string, operator: Operator, ...operands: string[]): Predicate => ({
  kind: 'comparison',
  column,
  operator,
  operands,
})

const not = (item: Predicate): Predicate => ({ kind: 'not', item })
const and = (...items: Predicate[]): Predicate => ({ kind: 'and', items })
const or = (...items: Predicate[]): Predicate => ({ kind: 'or', items })

test('a dialect may take all operands of in as one parameter', () => {
  const dialect: Dialect = {
    ...plainDialect,
    in: (out, { sql }, binder, operands) => void out.sql(`${sql} = ANY(`).bind(binder.text(operands.join())).sql(')'),
  }
  const out = new StatementBuilder(dialect)
  writeWhere(out, compare('id', 'in', '1', '2'), books, { ...plainTarget, dialect })
  assert.deepEqual(out.build(), { text: ' WHERE "id" = ANY(CAST($1 AS text))', parameters: ['1,2'] })
})

test('E6, E8: every operator has its template, and every operand is a parameter', () => {
  const cases: [Predicate, string, unknown[]][] = [
    [compare('id', 'eq', '1'), '"id" = $1', ['1']],
    [compare('id', 'neq', '1'), '"id" <> $1', ['1']],
    [compare('id', 'lt', '1'), '"id" < $1', ['1']],
    [compare('id', 'lte', '1'), '"id" <= $1', ['1']],
    [compare('id', 'gt', '1'), '"id" > $1', ['1']],
    [compare('id', 'gte', '1'), '"id" >= $1', ['1']],
    [compare('name', 'like', 'A%'), '"name" LIKE CAST($1 AS text)', ['A%']],
    [compare('name', 'ilike', 'a%'), '"name" ILIKE CAST($1 AS text)', ['a%']],
    [compare('pages', 'is', 'null'), '"pages" IS NULL', []],
    [compare('pages', 'is', 'NOT_NULL'), '"pages" IS NOT NULL', []],
    [compare('pages', 'is', 'true'), '"pages" IS TRUE', []],
    [compare('pages', 'is', 'false'), '"pages" IS FALSE', []],
    [compare('pages', 'is', 'unknown'), '"pages" IS NULL', []],
    [compare('id', 'in', '1', '2'), '"id" IN ($1, $2)', ['1', '2']],
    [compare('id', 'in'), 'FALSE', []],
    [not(compare('id', 'in')), 'NOT (FALSE)', []],
    [compare('id', 'between', '1', '9'), '"id" BETWEEN $1 AND $2', ['1', '9']],
    [compare('pages', 'isdistinct', '200'), '"pages" IS DISTINCT FROM $1', ['200']],
  ]
  for (const [predicate, text, parameters] of cases) {
    assert.deepEqual(where(predicate), { text: ` WHERE ${text}`, parameters })
  }
})

test('trees keep their shape', () => {
  const tree = or(and(compare('id', 'gt', '1'), not(compare('name', 'eq', 'x'))), and(), or())
  assert.deepEqual(where(tree), {
    text: ' WHERE (("id" > $1 AND NOT ("name" = $2)) OR TRUE OR FALSE)',
    parameters: ['1', 'x'],
  })
  assert.equal(where(undefined).text, '')
})

test('a long list becomes a shallow tree', () => {
  const items = Array.from({ length: 3000 }, (_, index) => compare('id', 'eq', String(index)))
  const { text, parameters } = where(or(...items))
  let depth = 0
  let deepest = 0
  for (const character of text) {
    if (character === '(') deepest = Math.max(deepest, ++depth)
    else if (character === ')') depth--
  }
  assert.ok(deepest < 10)
  assert.equal(parameters.length, 3000)
})

test('names are quoted, whatever they hold', () => {
  assert.equal(where(compare('odd"name', 'eq', 'x')).text, ' WHERE "odd""name" = $1')
})

test('an unknown column is named, with the nearest one', () => {
  assert.throws(
    () => where(compare('nam', 'eq', 'x')),
    (error) => error instanceof PluginError && error.reason === 'unknown_column' && error.details.nearest === 'name',
  )
  for (const name of ['__proto__', 'constructor', 'toString', 'id"--', '']) {
    assert.throws(() => where(compare(name, 'eq', 'x')), { reason: 'unknown_column' })
  }
})

test('a wrong number of operands is refused', () => {
  assert.throws(() => where(compare('id', 'between', '1')), { reason: 'bad_value' })
  assert.throws(() => where(compare('id', 'eq')), { reason: 'bad_value' })
  assert.throws(() => where(compare('id', 'is', 'nil')), { reason: 'bad_value', message: /not "nil"/ })
  assert.throws(() => where(compare('id', 'unspecified', '1')), { reason: 'unsupported' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AggregateFunction, type Projection, tableGetRequest } from '@easyrest/protocol'
import { books, plainTarget } from './plain-dialect.js'
import { countStatement, selectStatement } from './select-statement.js'
import type { Selection } from './selection.js'

const everything: Selection = tableGetRequest('books')

const select = (selection: Partial<Selection>) => {
  const { text, parameters } = selectStatement({ ...everything, ...selection }, books, plainTarget)
  return { text, parameters }
}

const column = (name: string, alias = name, cast = ''): Projection => ({ kind: 'column', alias, column: name, cast })
const aggregate = (name: AggregateFunction, of: string, alias: string, distinct = false): Projection => ({
  kind: 'aggregate',
  alias,
  function: name,
  column: of,
  distinct,
  cast: '',
})

test('no projection is every column in table order', () => {
  assert.equal(select({}).text, 'SELECT "id", "name", "pages", "odd""name", "total" FROM "books"')
})

test('columns, casts, constants and aggregates', () => {
  const value: Projection = { kind: 'value', alias: 'who', value: "x' OR 1=1", cast: '' }
  assert.deepEqual(select({ select: [column('name', 'title'), column('id', 'key', 'text'), value] }), {
    text: 'SELECT "name", CAST("id" AS text), CAST($1 AS text) FROM "books"',
    parameters: ["x' OR 1=1"],
  })
  const sums = [aggregate('count', '', 'n'), aggregate('sum', 'pages', 's', true)]
  assert.equal(select({ select: sums }).text, 'SELECT count(*), sum(DISTINCT "pages") FROM "books"')
})

test('grouping, having, distinct, ordering and page stand in order', () => {
  const selection: Partial<Selection> = {
    select: [column('name', 'title'), aggregate('count', '', 'n')],
    where: { kind: 'comparison', column: 'id', operator: 'gt', operands: ['1'] },
    grouping: ['name'],
    having: { kind: 'comparison', column: 'n', operator: 'gte', operands: ['2'] },
    distinct: true,
    ordering: [
      { column: 'n', direction: 'desc', nulls: 'unspecified' },
      { column: 'title', direction: 'unspecified', nulls: 'unspecified' },
      { column: 'pages', direction: 'asc', nulls: 'first' },
    ],
    page: { limit: 10, offset: 5 },
  }
  assert.deepEqual(select(selection), {
    text:
      'SELECT DISTINCT "name", count(*) FROM "books" WHERE "id" > $1 GROUP BY "name" HAVING count(*) >= $2' +
      ' ORDER BY count(*) DESC NULLS FIRST, "name" ASC NULLS LAST, "pages" ASC NULLS FIRST LIMIT $3 OFFSET $4',
    parameters: ['1', '2', 10, 5],
  })
})

test('an alias goes before a column of the same name', () => {
  const ordering = [{ column: 'pages', direction: 'asc', nulls: 'last' }] as const
  const text = select({ select: [column('name', 'pages')], ordering }).text
  assert.match(text, / ORDER BY "name" ASC NULLS LAST$/)
})

test('limit 0 is no rows, and an offset can stand alone', () => {
  assert.match(select({ page: { limit: 0, offset: 0 } }).text, / LIMIT \$1$/)
  assert.match(select({ page: { limit: undefined, offset: 3 } }).text, / OFFSET \$1$/)
})

test('the count is that of the rows without the page', () => {
  const where = { kind: 'comparison', column: 'id', operator: 'eq', operands: ['1'] } as const
  const count = (selection: Partial<Selection>) => countStatement({ ...everything, ...selection }, books, plainTarget)
  assert.deepEqual(count({ where, page: { limit: 1, offset: 0 } }), {
    text: 'SELECT count(*) FROM "books" WHERE "id" = $1',
    parameters: ['1'],
  })
  assert.equal(
    count({ select: [column('name')], distinct: true }).text,
    'SELECT count(*) FROM (SELECT DISTINCT "name" FROM "books") AS "counted"',
  )
})

test('columns of the last key are selected behind the projection', () => {
  assert.equal(select({ select: [column('name')], lastKeyColumns: ['id'] }).text, 'SELECT "name", "id" FROM "books"')
  assert.throws(() => select({ select: [column('name')], distinct: true, lastKeyColumns: ['id'] }), {
    reason: 'bad_value',
  })
})

test('what makes no sense is refused by name', () => {
  assert.throws(() => select({ select: [column('nam')] }), { reason: 'unknown_column' })
  assert.throws(() => select({ grouping: ['nam'] }), { reason: 'unknown_column' })
  assert.throws(() => select({ select: [column('id', 'id', 'money')] }), { reason: 'bad_value' })
  assert.throws(() => select({ ordering: [{ column: 'x', direction: 'asc', nulls: 'last' }] }), {
    reason: 'unknown_column',
  })
  const having = { kind: 'comparison', column: 'm', operator: 'eq', operands: ['1'] } as const
  assert.throws(() => select({ having }), { reason: 'bad_value' })
  assert.throws(() => select({ select: [aggregate('count', '', 'n')], having }), {
    reason: 'unknown_column',
    details: { column: 'm', table: 'books', nearest: 'n' },
  })
  assert.throws(() => select({ select: [aggregate('sum', '', 'n')] }), { reason: 'bad_value' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue, Predicate } from '@easyrest/protocol'
import { deleteStatement } from './delete-statement.js'
import type { Dialect } from './dialect.js'
import { insertStatement } from './insert-statement.js'
import type { Insertion } from './insertion.js'
import { lookupStatement } from './lookup-statement.js'
import { books, plainDialect, plainTarget } from './plain-dialect.js'
import { columnOf } from './table-shape.js'
import { updateStatement } from './update-statement.js'

const number = (text: string): JsonValue => ({ kind: 'number', text })
const id = columnOf(books, 'id')
const name = columnOf(books, 'name')
const where: Predicate = { kind: 'comparison', column: 'id', operator: 'eq', operands: ['1'] }

const insert = (insertion: Partial<Insertion>) => {
  const whole = { columns: [id, name], rows: [[number('1'), number('2')]], ...insertion }
  const { text, parameters } = insertStatement(whole, books, plainTarget)
  return { text, parameters }
}

test('rows become parameters', () => {
  assert.deepEqual(
    insert({
      rows: [
        [number('1'), number('2')],
        [number('3'), { kind: 'null' }],
      ],
    }),
    {
      text: 'INSERT INTO "books" ("id", "name") VALUES ($1, $2), ($3, $4)',
      parameters: ['1', '2', '3', 'null'],
    },
  )
})

test('a table in a schema is named with it', () => {
  const table = { ...books, schema: 'odd"schema' }
  const { text } = deleteStatement({ where }, table, plainTarget)
  assert.equal(text, 'DELETE FROM "odd""schema"."books" WHERE "id" = $1')
})

test('a row without columns takes its defaults', () => {
  assert.equal(
    insert({ columns: [], rows: [[]], returning: [] }).text.split(' RETURNING')[0],
    'INSERT INTO "books" DEFAULT VALUES',
  )
})

test('conflicts: merge, keep, ignore, condition', () => {
  const conflict = (
    action: 'merge' | 'ignore',
    target: string[] = [],
    keep: string[] = [],
    overwriteWhen?: Predicate,
  ) => insert({ conflict: { target, action, keep }, overwriteWhen }).text.split(') VALUES ($1, $2)')[1]
  assert.equal(conflict('merge'), ' ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name"')
  assert.equal(conflict('ignore', ['name']), ' ON CONFLICT ("name") DO NOTHING')
  assert.equal(conflict('merge', [], ['name']), ' ON CONFLICT ("id") DO UPDATE SET "id" = excluded."id"')
  assert.equal(
    conflict('merge', [], [], where),
    ' ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name" WHERE "books"."id" = $3',
  )
  assert.throws(() => conflict('merge', ['nope']), { reason: 'unknown_column' })
  assert.throws(() => conflict('merge', [], ['nope']), { reason: 'unknown_column' })
  const empty = insert({ columns: [], rows: [[]], conflict: { target: [], action: 'merge', keep: [] } })
  assert.equal(empty.text, 'INSERT INTO "books" DEFAULT VALUES')
})

test('update and delete, with and without a condition', () => {
  const data = new Map([['name', number('5')]])
  assert.deepEqual(updateStatement({ where, data }, books, plainTarget), {
    text: 'UPDATE "books" SET "name" = $1 WHERE "id" = $2',
    parameters: ['5', '1'],
    outputs: [],
    lastKey: [],
  })
  assert.equal(deleteStatement({ where: undefined }, books, plainTarget).text, 'DELETE FROM "books"')
  const returning = [{ kind: 'column', alias: 'key', column: 'id', cast: '' }] as const
  assert.equal(
    deleteStatement({ where, returning }, books, plainTarget).text,
    'DELETE FROM "books" WHERE "id" = $1 RETURNING "id"',
  )
})

test('a write cannot touch what is not there or is computed', () => {
  const change = (column: string) =>
    updateStatement({ where, data: new Map([[column, number('1')]]) }, books, plainTarget)
  assert.throws(() => change('nope'), { reason: 'unknown_column' })
  assert.throws(() => change('__proto__'), { reason: 'unknown_column' })
  assert.throws(() => change('total'), { reason: 'bad_value' })
  assert.throws(() => updateStatement({ where, data: new Map() }, books, plainTarget), { reason: 'bad_value' })
})

test('a write answers no aggregates', () => {
  const returning = [
    { kind: 'aggregate', alias: 'n', function: 'count', column: '', distinct: false, cast: '' },
  ] as const
  assert.throws(() => deleteStatement({ where, returning }, books, plainTarget), { reason: 'bad_value' })
})

test('a row is looked up by values in its key', () => {
  const key = [
    ['id', { value: 7 }],
    ['odd"name', { value: 'x', cast: 'TEXT' }],
  ] as const
  const select = [{ kind: 'column', alias: 'n', column: 'name', cast: '' }] as const
  const { text, parameters, outputs } = lookupStatement({ select, key }, books, plainTarget)
  assert.equal(text, 'SELECT "name" FROM "books" WHERE "id" = $1 AND "odd""name" = CAST($2 AS TEXT)')
  assert.deepEqual(parameters, [7, 'x'])
  assert.deepEqual(
    outputs.map(({ alias }) => alias),
    ['n'],
  )
})

test('a dialect may say in its own words what happens to a row that is met', () => {
  const dialect: Dialect = {
    ...plainDialect,
    onConflict: (out, { action, key, overwritten }) => void out.sql(` ON ${key} ${action} ${overwritten}`),
  }
  const conflict = { target: [], action: 'merge', keep: [] } as const
  const insertion = { columns: [id, name], rows: [[number('1'), number('2')]], conflict }
  const { text: sql } = insertStatement(insertion, books, { ...plainTarget, dialect })
  assert.equal(sql, 'INSERT INTO "books" ("id", "name") VALUES ($1, $2) ON id merge name')
})

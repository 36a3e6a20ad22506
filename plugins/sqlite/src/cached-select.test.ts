import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Operator, type OrderTerm, type Predicate, type Projection, tableGetRequest } from '@easyrest/protocol'
import { cachedSelectStatement, type Selection, selectStatement } from '@easyrest/sql'
import fc from 'fast-check'
import { openDatabase } from './open-database.js'
import { SqliteSession } from './sqlite-session.js'
import { parseSqliteUri } from './sqlite-uri.js'

const session = new SqliteSession(openDatabase(parseSqliteUri('sqlite://:memory:')))
session.database.exec('CREATE TABLE t (i INTEGER PRIMARY KEY, r REAL, s TEXT, b BLOB, d TIMESTAMP)')

// Values that bind differently: the same shape is not always the same text.
const operandsOf: Record<string, fc.Arbitrary<string>> = {
  i: fc.integer().map(String),
  r: fc.constantFrom('1', '0.5', '1e-17', '5e-324', '-3'),
  s: fc.constantFrom('plain', 'with \0 inside', '', 'é'),
  b: fc.constantFrom('AQID', ''),
  d: fc.constantFrom('2024-06-01T12:00:00Z', '1969-07-20'),
}
const column = fc.constantFrom(...Object.keys(operandsOf))
const counts: [Operator, number, number][] = [
  ['eq', 1, 1],
  ['neq', 1, 1],
  ['gte', 1, 1],
  ['isdistinct', 1, 1],
  ['between', 2, 2],
  ['in', 0, 4],
]
const comparison: fc.Arbitrary<Predicate> = column.chain((name) =>
  fc.oneof(
    fc
      .constantFrom(...counts)
      .chain(([operator, least, most]) =>
        fc
          .array(operandsOf[name]!, { minLength: least, maxLength: most })
          .map((operands): Predicate => ({ kind: 'comparison', column: name, operator, operands })),
      ),
    fc
      .constantFrom('null', 'not_null', 'true')
      .map((operand): Predicate => ({ kind: 'comparison', column: name, operator: 'is', operands: [operand] })),
    fc.constant<Predicate>({ kind: 'comparison', column: 's', operator: 'like', operands: ['a%'] }),
  ),
)
const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    comparison,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      items: fc.array(tie('predicate'), { maxLength: 3 }),
    }),
    tie('predicate').map((item): Predicate => ({ kind: 'not', item })),
  ),
}))
const projection: fc.Arbitrary<Projection> = fc.oneof(
  column.map((name): Projection => ({ kind: 'column', alias: name, column: name, cast: '' })),
  fc.constant<Projection>({ kind: 'value', alias: 'v', value: 'x', cast: '' }),
)
const order: fc.Arbitrary<OrderTerm> = fc.record({
  column,
  direction: fc.constantFrom('asc' as const, 'desc' as const),
  nulls: fc.constantFrom('unspecified' as const, 'first' as const, 'last' as const),
})
const selection: fc.Arbitrary<Selection> = fc.record({
  select: fc.uniqueArray(projection, { maxLength: 3, selector: ({ alias }) => alias }),
  where: fc.option(predicate, { nil: undefined }),
  grouping: fc.constant([]),
  having: fc.constant(undefined),
  distinct: fc.boolean(),
  ordering: fc.array(order, { maxLength: 2 }),
  page: fc.option(fc.record({ limit: fc.option(fc.nat(50), { nil: undefined }), offset: fc.nat(3) }), {
    nil: undefined,
  }),
  lastKeyColumns: fc.constant([]),
})

test('a statement from the cache is the statement that would have been written', () => {
  const table = session.catalog.table('t')
  const target = session.target(undefined, 'quick')
  fc.assert(
    fc.property(fc.array(selection, { minLength: 1, maxLength: 30 }), (selections) => {
      // Twice, so that most come from the cache; shapes of earlier runs are there as well.
      for (const each of [...selections, ...selections]) {
        const { text, parameters, outputs } = selectStatement(each, table, target)
        const cached = cachedSelectStatement(each, table, target)
        assert.deepEqual({ text: cached.text, parameters: cached.parameters }, { text, parameters })
        assert.deepEqual(
          cached.outputs.map(({ alias, sql }) => ({ alias, sql })),
          outputs.map(({ alias, sql }) => ({ alias, sql })),
        )
      }
    }),
    { numRuns: 100 },
  )
})

test('control: a shape that forgot the number of operands would be caught', () => {
  const table = session.catalog.table('t')
  const target = session.target(undefined, 'quick')
  const one = (operands: string[]): Selection =>
    tableGetRequest('t', { where: { kind: 'comparison', column: 'i', operator: 'in', operands } })
  assert.notEqual(
    cachedSelectStatement(one(['1']), table, target).text,
    cachedSelectStatement(one(['1', '2']), table, target).text,
  )
})

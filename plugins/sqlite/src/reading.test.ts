import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { AggregateFunction, Predicate, Projection } from '@easyrest/protocol'
import { and, column, compare, contextWith, getRequest, not, or, TestDatabase } from './test-database.js'

const books = `
  CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, pages INTEGER, in_print BOOLEAN,
    author_id INTEGER, price REAL, published_at TIMESTAMP);
  INSERT INTO books VALUES
    (1, 'Alpha', 100, 1, 1, 9.5, '2024-01-01 00:00:00'),
    (2, 'Beta', 200, 0, NULL, 20.25, '2024-06-01 12:00:00'),
    (3, 'Gamma, the "third"', NULL, NULL, 2, NULL, NULL),
    (4, 'Delta', 400, 1, 2, 0.1, '2025-01-01 00:00:00'),
    (5, 'Epsilon*', 500, 0, 2, 0.2, '2023-12-31 23:59:59.5');
  CREATE VIEW short AS SELECT id, title, pages * 2 AS doubled FROM books WHERE pages < 300;
`

const open = (context: TestContext) => TestDatabase.create(context, books)

const ids = (database: TestDatabase, where: Predicate) => database.values('books', 'id', { where })

test('every operator finds what SQL says', async (context) => {
  const database = await open(context)
  const cases: [Predicate, number[]][] = [
    [compare('id', 'eq', '3'), [3]],
    [compare('pages', 'neq', '200'), [1, 4, 5]],
    [compare('pages', 'isdistinct', '200'), [1, 3, 4, 5]],
    [compare('pages', 'lt', '200'), [1]],
    [compare('pages', 'lte', '200'), [1, 2]],
    [compare('pages', 'gt', '400'), [5]],
    [compare('pages', 'gte', '400'), [4, 5]],
    [compare('pages', 'between', '200', '400'), [2, 4]],
    [compare('title', 'like', '%a'), [1, 2, 4]],
    [compare('title', 'like', 'a%'), []],
    [compare('title', 'like', '_eta'), [2]],
    [compare('title', 'like', 'Epsilon*'), [5]],
    [compare('title', 'like', 'Epsilo?%'), []],
    [compare('title', 'like', '[ABD]%'), []],
    [compare('title', 'ilike', '%TA'), [2, 4]],
    [compare('title', 'eq', 'Epsilon*'), [5]],
    [compare('title', 'in', 'Alpha', 'Gamma, the "third"'), [1, 3]],
    [compare('id', 'in'), []],
    [not(compare('id', 'in')), [1, 2, 3, 4, 5]],
    [not(compare('id', 'in', '1', '2')), [3, 4, 5]],
    [compare('pages', 'is', 'null'), [3]],
    [compare('pages', 'is', 'not_null'), [1, 2, 4, 5]],
    [compare('in_print', 'is', 'true'), [1, 4]],
    [compare('in_print', 'is', 'FALSE'), [2, 5]],
    [compare('in_print', 'is', 'unknown'), [3]],
    [not(compare('in_print', 'is', 'true')), [2, 3, 5]],
    [compare('in_print', 'eq', 'true'), [1, 4]],
    [compare('price', 'eq', '0.1'), [4]],
    [compare('price', 'gt', '9'), [1, 2]],
    [compare('published_at', 'gte', '2024-06-01T12:00:00Z'), [2, 4]],
    [compare('published_at', 'eq', '2024-06-01T14:00:00+02:00'), [2]],
    [compare('published_at', 'lt', '2024-01-01'), [5]],
  ]
  for (const [where, expected] of cases) assert.deepEqual(await ids(database, where), expected, JSON.stringify(where))
})

test('and, or and not follow three-valued logic', async (context) => {
  const database = await open(context)
  const extremes = [compare('pages', 'lt', '150'), compare('pages', 'gt', '450')]
  assert.deepEqual(await ids(database, or(...extremes)), [1, 5])
  assert.deepEqual(await ids(database, not(or(...extremes))), [2, 4])
  assert.deepEqual(await ids(database, and(compare('pages', 'gt', '100'), compare('in_print', 'is', 'true'))), [4])
  const both = and(compare('author_id', 'eq', '1'), compare('pages', 'eq', '100'))
  assert.deepEqual(await ids(database, not(both)), [2, 3, 4, 5])
  assert.deepEqual(
    await ids(database, or(not(compare('pages', 'is', 'null')), not(compare('id', 'eq', '3')))),
    [1, 2, 4, 5],
  )
  assert.deepEqual(await ids(database, and()), [1, 2, 3, 4, 5])
  assert.deepEqual(await ids(database, or()), [])
  const many = or(...Array.from({ length: 20_000 }, (_, index) => compare('id', 'eq', String(index))))
  assert.deepEqual(await ids(database, many), [1, 2, 3, 4, 5])
})

test('ilike knows letters beyond ASCII', async (context) => {
  const database = await TestDatabase.create(
    context,
    `CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('ÄRGER'), ('arger'), (NULL), ('ä.b')`,
  )
  assert.deepEqual(await database.values('t', 'v', { where: compare('v', 'ilike', 'är%') }), ['ÄRGER'])
  assert.deepEqual(await database.values('t', 'v', { where: compare('v', 'ilike', 'Ä._') }), ['ä.b'])
  assert.deepEqual(await database.values('t', 'v', { where: not(compare('v', 'ilike', 'är%')) }), ['arger', 'ä.b'])
})

test('operands that do not convert are bad values that name the column', async (context) => {
  const database = await open(context)
  const bad: [string, string][] = [
    ['id', 'abc'],
    ['id', ''],
    ['id', '1.5'],
    ['id', '9223372036854775808'],
    ['price', '1,5'],
    ['price', '1e400'],
    ['price', '0.1000000000000000055511151231257828'],
    ['in_print', 'maybe'],
    ['published_at', 'yesterday'],
    ['published_at', '2024-02-30'],
  ]
  for (const [name, operand] of bad) {
    await assert.rejects(
      ids(database, compare(name, 'eq', operand)),
      (error: Error & { reason?: string; details?: unknown }) => {
        assert.equal(error.reason, 'bad_value', `${name} ${operand}: ${error}`)
        assert.deepEqual(error.details, { column: name })
        return true
      },
    )
  }
  await assert.rejects(ids(database, compare('id', 'is', 'nil')), { reason: 'bad_value' })
})

test('unknown names come with the nearest one', async (context) => {
  const database = await open(context)
  await assert.rejects(database.rows('book'), { reason: 'unknown_table', details: { table: 'book', nearest: 'books' } })
  await assert.rejects(database.rows('BOOKS'), { reason: 'unknown_table' })
  await assert.rejects(ids(database, compare('titel', 'eq', 'x')), {
    reason: 'unknown_column',
    details: { column: 'titel', table: 'books', nearest: 'title' },
  })
  for (const name of [
    '__proto__',
    'constructor',
    'sqlite_master',
    'sqlite_schema',
    'easyrest_cache',
    'pragma_table_list',
    'main.books',
    '',
  ]) {
    await assert.rejects(database.rows(name), { reason: 'unknown_table' }, name)
  }
})

test('nulls are last ascending and first descending, unless said otherwise', async (context) => {
  const database = await open(context)
  const order = (direction: 'asc' | 'desc' | 'unspecified', nulls: 'first' | 'last' | 'unspecified') =>
    database.values('books', 'id', { ordering: [{ column: 'pages', direction, nulls }] })
  assert.deepEqual(await order('asc', 'unspecified'), [1, 2, 4, 5, 3])
  assert.deepEqual(await order('unspecified', 'unspecified'), [1, 2, 4, 5, 3])
  assert.deepEqual(await order('desc', 'unspecified'), [3, 5, 4, 2, 1])
  assert.deepEqual(await order('asc', 'first'), [3, 1, 2, 4, 5])
  assert.deepEqual(await order('desc', 'last'), [5, 4, 2, 1, 3])
  const byAuthor = await database.values('books', 'id', {
    ordering: [
      { column: 'author_id', direction: 'asc', nulls: 'last' },
      { column: 'id', direction: 'desc', nulls: 'unspecified' },
    ],
  })
  assert.deepEqual(byAuthor, [1, 5, 4, 3, 2])
})

test('aliases order as well', async (context) => {
  const database = await open(context)
  const select = [column('author_id', 'author'), aggregate('max', 'pages', 'longest')]
  const ordering = [{ column: 'longest', direction: 'desc', nulls: 'unspecified' }] as const
  const rows = await database.rows('books', { select, grouping: ['author_id'], ordering })
  assert.deepEqual(
    rows.map(({ longest }) => longest),
    [500, 200, 100],
  )
})

test('pages and counts', async (context) => {
  const database = await open(context)
  const byId = [{ column: 'id', direction: 'asc', nulls: 'unspecified' }] as const
  const page = (limit: number | undefined, offset: number) =>
    database.values('books', 'id', { ordering: byId, page: { limit, offset } })
  assert.deepEqual(await page(2, 0), [1, 2])
  assert.deepEqual(await page(2, 3), [4, 5])
  assert.deepEqual(await page(undefined, 3), [4, 5])
  assert.deepEqual(await page(0, 0), [])
  assert.deepEqual(await page(5_000_000_000, 0), [1, 2, 3, 4, 5])
  const { total, rowCount } = await database.plugin.tableGet(
    getRequest('books', { where: compare('id', 'gt', '1'), page: { limit: 1, offset: 0 }, count: 'exact' }),
  )
  assert.deepEqual({ total, rowCount }, { total: 4, rowCount: 1 })
})

test('the key of the last row comes beside the rows', async (context) => {
  const database = await open(context)
  const request = { select: [column('title')], lastKeyColumns: ['published_at', 'id'], where: compare('id', 'lt', '3') }
  const answer = await database.plugin.tableGet(getRequest('books', request))
  assert.equal(Buffer.from(answer.rows as Uint8Array).toString(), '[{"title":"Alpha"},{"title":"Beta"}]')
  assert.equal(Buffer.from(answer.lastKey!).toString(), '["2024-06-01T12:00:00+00:00",2]')
  const none = await database.plugin.tableGet(getRequest('books', { ...request, where: compare('id', 'gt', '99') }))
  assert.deepEqual([none.lastKey!.length, none.rowCount, Buffer.from(none.rows as Uint8Array).toString()], [0, 0, '[]'])
})

test('aggregates, groups and having', async (context) => {
  const database = await open(context)
  const all = [
    aggregate('count', '', 'n'),
    aggregate('count', 'pages', 'with_pages'),
    aggregate('sum', 'pages', 'pages'),
    aggregate('avg', 'pages', 'average'),
    aggregate('min', 'title', 'first'),
    aggregate('max', 'published_at', 'latest'),
    aggregate('count', 'author_id', 'authors', true),
  ]
  assert.equal(
    await database.text('books', { select: all }),
    '[{"n":5,"with_pages":4,"pages":1200,"average":300,"first":"Alpha","latest":"2025-01-01T00:00:00+00:00","authors":2}]',
  )
  const grouped = {
    select: [column('author_id'), aggregate('sum', 'price', 'total'), aggregate('count', '', 'n')],
    grouping: ['author_id'],
  }
  const having = (where: Predicate) => database.text('books', { ...grouped, having: where })
  assert.equal(await having(compare('n', 'gte', '2')), '[{"author_id":2,"total":0.30000000000000004,"n":3}]')
  assert.equal(await having(compare('total', 'gt', '20.2')), '[{"author_id":null,"total":20.25,"n":1}]')
  assert.equal(await having(compare('author_id', 'eq', '1')), '[{"author_id":1,"total":9.5,"n":1}]')
  await assert.rejects(having(compare('n', 'eq', 'x')), { reason: 'bad_value' })
  await assert.rejects(database.text('books', { select: [aggregate('sum', 'title', 's')] }), { reason: 'bad_value' })
  const counted = await database.plugin.tableGet(getRequest('books', { ...grouped, count: 'exact' }))
  assert.equal(counted.total, 3)
})

test('a sum beyond 64 bits is refused', async (context) => {
  const schema = `CREATE TABLE t (v INTEGER); INSERT INTO t VALUES (9223372036854775807), (1)`
  const database = await TestDatabase.create(context, schema)
  await assert.rejects(database.text('t', { select: [aggregate('sum', 'v', 's')] }), { reason: 'bad_value' })
})

test('distinct, casts and constants', async (context) => {
  const database = await open(context)
  const byAuthor = [{ column: 'author_id', direction: 'asc', nulls: 'unspecified' }] as const
  assert.equal(
    await database.text('books', { select: [column('author_id')], distinct: true, ordering: byAuthor }),
    '[{"author_id":1},{"author_id":2},{"author_id":null}]',
  )
  const select: Projection[] = [
    column('id', 'id', 'text'),
    column('price', 'price', 'text'),
    column('price', 'whole', 'integer'),
    column('in_print', 'print', 'text'),
    column('pages', 'pages', 'double'),
    column('id', 'yes', 'boolean'),
    column('published_at', 'day', 'date'),
    { kind: 'value', alias: 'who', value: 'O\'Brien\0"', cast: '' },
  ]
  assert.equal(
    await database.text('books', { select, where: compare('id', 'in', '4', '3') }),
    '[{"id":"3","price":null,"whole":null,"print":null,"pages":null,"yes":true,"day":null,"who":"O\'Brien\\u0000\\""},' +
      '{"id":"4","price":"0.1","whole":0,"print":"true","pages":400,"yes":true,"day":"2025-01-01","who":"O\'Brien\\u0000\\""}]',
  )
})

test('views read like tables', async (context) => {
  const database = await open(context)
  assert.equal(
    await database.text('short', { where: compare('doubled', 'gte', '200') }),
    '[{"id":1,"title":"Alpha","doubled":200},{"id":2,"title":"Beta","doubled":400}]',
  )
})

test('expect_single and the largest reply', async (context) => {
  const database = await open(context)
  await database.rows('books', { where: compare('id', 'eq', '1'), expectSingle: true })
  await assert.rejects(database.rows('books', { where: compare('id', 'eq', '9'), expectSingle: true }), {
    reason: 'singular',
  })
  await assert.rejects(database.rows('books', { expectSingle: true }), { reason: 'singular' })
  await assert.rejects(database.rows('books', { maxReplyBytes: 100 }), { reason: 'too_large' })
  await assert.rejects(database.rows('books', { maxReplyBytes: 100, page: { limit: 50, offset: 0 } }), {
    reason: 'too_large',
  })
  assert.equal((await database.rows('books', { context: contextWith({ readOnly: true }) })).length, 5)
})

test('names that need quotes, and names that look like something else', async (context) => {
  const schema = `CREATE TABLE "order" ("__proto__" TEXT, "select" INTEGER, "we""ird" TEXT);
    INSERT INTO "order" VALUES ('p', 1, 'w')`
  const database = await TestDatabase.create(context, schema)
  assert.equal(await database.text('order'), '[{"__proto__":"p","select":1,"we\\"ird":"w"}]')
  assert.equal(await database.text('order', { select: [column('__proto__')] }), '[{"__proto__":"p"}]')
  await database.create('order', '[{"__proto__":"q","select":2}]')
  assert.equal(
    (await database.update('order', '{"__proto__":"r"}', { where: compare('select', 'eq', '2') })).affected,
    1,
  )
  assert.equal(
    await database.text('order', { where: compare('__proto__', 'eq', 'r') }),
    '[{"__proto__":"r","select":2,"we\\"ird":null}]',
  )
})

const aggregate = (name: AggregateFunction, of: string, alias: string, distinct = false): Projection => ({
  kind: 'aggregate',
  alias,
  function: name,
  column: of,
  distinct,
  cast: '',
})

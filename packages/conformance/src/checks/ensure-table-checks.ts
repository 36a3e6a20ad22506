import { randomUUID } from 'node:crypto'
import { type ColumnDefinition, type ColumnType, dbService, type EnsureTableRequest } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal, expectThat } from '../expect.js'
import { columnAs, contextWith, order } from '../requests.js'
import { rowsOf, type Subject, textOf } from '../subject.js'

const column = (name: string, type: ColumnType, more: Partial<ColumnDefinition> = {}): ColumnDefinition => ({
  name,
  type,
  maxLength: 0,
  nullable: true,
  defaultJson: Buffer.alloc(0),
  ...more,
})

const columns = [
  column('id', 'int64', { nullable: false }),
  column('word', 'ascii', { nullable: false, maxLength: 100 }),
  column('note', 'text', { defaultJson: Buffer.from('"none"') }),
  column('ratio', 'double'),
  column('active', 'boolean'),
  column('data', 'bytes'),
  column('at', 'timestamp'),
]

const indexes = [{ name: 'er_conformance_word', columns: ['word'], unique: true }]

/** A table nobody has. Tables stay: the contract has no way to remove one. */
const newName = (): string => `er_conformance_${randomUUID().replaceAll('-', '').slice(0, 12)}`

const ensure = (subject: Subject, table: string, request: Partial<EnsureTableRequest> = {}) =>
  subject.call(dbService.EnsureTable, {
    table,
    columns,
    primaryKey: ['id'],
    indexes: indexes.map((index) => ({ ...index, name: `${table}_word` })),
    ...request,
  })

const insert = (subject: Subject, table: string, ...rows: object[]) =>
  subject.call(dbService.TableCreate, { table, rows: Buffer.from(JSON.stringify(rows)), rowCount: rows.length })

const needs = { role: 'db', capabilities: ['ensure_table'], writes: true } as const

export const ensureTableChecks = group({ id: 'ensure-table', rule: 'db.proto, EnsureTable', needs }, [
  {
    id: 'create',
    title: 'a table that is missing is created, with columns of every type, and takes rows',
    run: async (subject) => {
      const table = newName()
      expectEqual('created', (await ensure(subject, table)).created, true)
      const row = { id: 1, word: 'a', ratio: 0.5, active: true, data: 'AP8=', at: '2024-06-01T12:00:00Z' }
      const [stored] = rowsOf(await insert(subject, table, row))
      const texts = ['id', 'word', 'note', 'ratio', 'active', 'data'].map((name) => textOf(stored!, name))
      expectEqual('the stored row', texts, ['1', '"a"', '"none"', '0.5', 'true', '"AP8="'])
      expectThat(/^"2024-06-01T12:00:00(Z|\+00:00)"$/.test(textOf(stored!, 'at')), 'the instant', textOf(stored!, 'at'))
    },
  },
  {
    id: 'again',
    title: 'the same again changes nothing and says so',
    run: async (subject) => {
      const table = newName()
      await ensure(subject, table)
      await insert(subject, table, { id: 1, word: 'a' })
      expectEqual('created', (await ensure(subject, table)).created, false)
      expectEqual('row_count', (await subject.get({ table })).rowCount, 1)
    },
  },
  {
    id: 'at-once',
    title: 'several at once make one table',
    run: async (subject) => {
      const table = newName()
      const answers = await Promise.all(Array.from({ length: 5 }, () => ensure(subject, table)))
      expectEqual('answers that say created', answers.filter(({ created }) => created).length, 1)
    },
  },
  {
    id: 'add',
    title: 'what is missing is added, and nothing is removed or changed',
    run: async (subject) => {
      const table = newName()
      await ensure(subject, table, { columns: columns.slice(0, 2), indexes: [] })
      await insert(subject, table, { id: 1, word: 'a' })
      expectEqual('created', (await ensure(subject, table, { columns: [columns[0]!, columns[2]!] })).created, false)
      const [row] = rowsOf(await subject.get({ table }))
      expectEqual('the members', [...row!.keys()].sort(), ['id', 'note', 'word'])
    },
  },
  {
    id: 'constraints',
    title: 'the primary key, a unique index and NOT NULL hold',
    run: async (subject) => {
      const table = newName()
      await ensure(subject, table)
      await insert(subject, table, { id: 1, word: 'a' })
      await expectRefusal(insert(subject, table, { id: 1, word: 'b' }), 'unique')
      await expectRefusal(insert(subject, table, { id: 2, word: 'a' }), 'unique')
      await expectRefusal(insert(subject, table, { id: 2, word: null }), 'not_null')
    },
  },
  {
    id: 'ascii',
    title: 'ASCII columns are compared and ordered byte by byte',
    rule: 'db.proto, COLUMN_TYPE_ASCII',
    run: async (subject) => {
      const table = newName()
      await ensure(subject, table)
      const words = ['b', 'B', 'a', '_', 'A', 'a ', '~']
      await insert(subject, table, ...words.map((word, id) => ({ id, word })))
      const rows = rowsOf(await subject.get({ table, select: [columnAs('w', 'word')], ordering: [order('w')] }))
      const ordered = rows.map((row) => JSON.parse(textOf(row, 'w')))
      expectEqual('the order', ordered, ['A', 'B', '_', 'a', 'a ', 'b', '~'])
    },
  },
  {
    id: 'refused',
    title: 'a dry run keeps nothing, and a call that must only read is refused',
    rule: 'context.proto, RequestContext',
    run: async (subject) => {
      const table = newName()
      const rolledBack = await ensure(subject, table, { context: contextWith({ txEnd: 'rollback' }) })
      expectEqual('created', rolledBack.created, true)
      await expectRefusal(subject.get({ table }), 'unknown_table')
      await expectRefusal(ensure(subject, table, { context: contextWith({ readOnly: true }) }), 'permission')
      await expectRefusal(subject.get({ table }), 'unknown_table')
    },
  },
])

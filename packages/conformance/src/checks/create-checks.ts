import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { columnAs } from '../requests.js'
import { rowsOf, type Subject, textOf } from '../subject.js'
import { suiteRow } from '../suite-rows.js'

const needs = { role: 'db', writes: true } as const

export const createChecks = group({ id: 'create', rule: 'table.proto, TableCreateRequest', needs }, [
  {
    id: 'rows',
    title: 'a created row is answered as it is stored',
    run: async (subject) => {
      const answer = await subject.create([suiteRow(101), suiteRow(102, { text: '"é"', integer: 'null' })])
      expectEqual('affected and inserted', [answer.affected, answer.inserted], [2, 2])
      const texts = rowsOf(answer).map((row) =>
        [subject.table.key, subject.column('text'), subject.column('integer')].map((name) => textOf(row, name)),
      )
      expectEqual('the rows', texts, [
        ['101', '"new"', '1'],
        ['102', '"é"', 'null'],
      ])
      expectEqual('the stored text', await subject.value(102, subject.column('text')), '"é"')
    },
  },
  {
    id: 'none',
    title: 'returning none answers counts and no rows',
    rule: 'table.proto, Returning',
    run: async (subject) => {
      const answer = await subject.create([suiteRow(101), suiteRow(102)], { returning: 'none' })
      expectEqual('affected and row_count', [answer.affected, answer.rowCount], [2, 0])
    },
  },
  {
    id: 'select',
    title: 'a projection shapes the answered rows',
    needs: { capabilities: ['returning'] },
    run: async (subject) => {
      const select = [columnAs('name', subject.column('text'))]
      const [row] = rowsOf(await subject.create([suiteRow(101)], { returning: 'rows', select }))
      expectEqual(
        'the row',
        [...row!].map(([name]) => [name, textOf(row!, name)]),
        [['name', '"new"']],
      )
    },
  },
  {
    id: 'keys',
    title: 'returning keys answers the primary key of each row',
    rule: 'table.proto, Returning',
    needs: { capabilities: ['returning'] },
    run: async (subject) => {
      const { keys } = await subject.create([suiteRow(101), suiteRow(102)], { returning: 'keys' })
      const { key } = subject.table
      expectEqual('keys', JSON.parse(Buffer.from(keys).toString() || 'null'), [{ [key]: 101 }, { [key]: 102 }])
    },
  },
  {
    id: 'columns',
    title: 'columns says which members are written; the others are ignored',
    rule: 'table.proto, TableCreateRequest.columns',
    run: async (subject) => {
      const written = (['text', 'required', 'unique'] as const).map((use) => subject.table.columns[use])
      const columns = [subject.table.key, ...written.filter((name) => name !== undefined)]
      await subject.create([suiteRow(101, { integer: '77' })], { columns, returning: 'none' })
      const stored = [subject.column('text'), subject.column('integer')].map((name) => subject.value(101, name))
      expectEqual('the stored values', await Promise.all(stored), ['"new"', 'null'])
    },
  },
  {
    id: 'default',
    title: 'a column that no object names gets its default',
    needs: { columns: ['default'] },
    run: async (subject) => {
      await subject.create([suiteRow(101)], { returning: 'none' })
      expectEqual('the stored value', await subject.value(101, subject.column('default')), '"new"')
    },
  },
  {
    id: 'missing-null',
    title: 'a listed column that an object lacks is NULL',
    rule: 'table.proto, TableCreateRequest.missing_default',
    needs: { columns: ['default'] },
    run: async (subject) => {
      await subject.create([suiteRow(101)], { columns: columnsWithDefault(subject.table), returning: 'none' })
      expectEqual('the stored value', await subject.value(101, subject.column('default')), 'null')
    },
  },
  {
    id: 'missing-default',
    title: 'with missing_default a listed column that an object lacks gets its default',
    rule: 'table.proto, TableCreateRequest.missing_default',
    needs: { columns: ['default'], capabilities: ['missing_default'] },
    run: async (subject) => {
      const columns = columnsWithDefault(subject.table)
      const rows = [suiteRow(101), suiteRow(102, { default: '"own"' }), suiteRow(103, { default: 'null' })]
      await subject.create(rows, { columns, missingDefault: true, returning: 'none' })
      const stored = [101, 102, 103].map((key) => subject.value(key, subject.column('default')))
      expectEqual('the stored values', await Promise.all(stored), ['"new"', '"own"', 'null'])
    },
  },
  {
    id: 'all-or-none',
    title: 'a row that is refused keeps the whole request from being stored',
    needs: { columns: ['unique'] },
    run: async (subject) => {
      await expectRefusal(subject.create([suiteRow(101), suiteRow(102, { unique: '"u1"' })]), 'unique')
      expectEqual('the keys after the refusal', await subject.keys(), [1, 2, 3, 4, 5, 6, 7, 8])
    },
  },
  {
    id: 'many',
    title: 'a thousand rows are created in one call',
    run: async (subject) => {
      const rows = Array.from({ length: 1000 }, (_, index) => suiteRow(1000 + index))
      const answer = await subject.create(rows, { returning: 'none' })
      expectEqual('affected', answer.affected, 1000)
      expectEqual('the number of stored rows', (await subject.keys()).length, 1008)
    },
  },
  {
    id: 'unknown-column',
    title: 'an unknown member is refused with the nearest valid name, and nothing is stored',
    rule: 'table.proto, Names',
    run: async (subject) => {
      const { key } = subject.table
      const column = subject.column('text')
      const rows = Buffer.from(`[{"${key}":101,"${column}x":"a"}]`)
      const error = await expectRefusal(subject.create([suiteRow(101)], { rows }), 'unknown_column')
      expectEqual('details.nearest', error.details.nearest, column)
      expectEqual('the keys after the refusal', (await subject.keys()).length, 8)
    },
  },
  {
    id: 'missing-capability',
    title: 'what the plugin does not name it refuses with unsupported, and does not ignore',
    rule: 'plugin.proto, Capabilities',
    run: async (subject) => {
      const { capabilities } = await (await subject.plugin()).info()
      for (const [capability, request] of wishes(subject)) {
        if (capabilities.includes(capability)) continue
        await expectRefusal(subject.create([suiteRow(101)], request), 'unsupported')
        expectEqual('the keys after the refusal', (await subject.keys()).length, 8)
      }
    },
  },
  {
    id: 'generated',
    title: 'a column that cannot be written is refused by name',
    needs: { columns: ['generated'] },
    run: async (subject) => {
      const error = await expectRefusal(subject.create([suiteRow(101, { generated: '1' })]))
      expectEqual('details.column', error.details.column, subject.column('generated'))
    },
  },
])

/** A write that asks for something, and the capability it takes. */
const wishes = (subject: Subject): [capability: string, request: object][] => [
  ['upsert', { conflict: { action: 'merge', target: [], keep: [] } }],
  ['missing_default', { columns: [subject.table.key], missingDefault: true }],
  ['returning', { returning: 'keys' }],
  ['returning', { select: [columnAs('v', subject.table.key)] }],
]

const columnsWithDefault = ({
  key,
  columns,
}: {
  key: string
  columns: Readonly<Record<string, string | undefined>>
}): string[] =>
  [key, columns.text, columns.default, columns.unique, columns.required].filter((name) => name !== undefined)

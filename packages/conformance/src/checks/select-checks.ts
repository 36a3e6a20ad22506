import type { AggregateFunction, JsonRow, Projection, TableGetRequest } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal, expectThat } from '../expect.js'
import { columnAs, compare, order } from '../requests.js'
import { type Subject, textOf } from '../subject.js'

const aggregate = (alias: string, fn: AggregateFunction, column = '', distinct = false): Projection => ({
  kind: 'aggregate',
  alias,
  function: fn,
  column,
  distinct,
  cast: '',
})

/** The one row of aggregates, as numbers. */
const aggregates = async (subject: Subject, select: readonly Projection[], where = undefined as never) => {
  const rows = await subject.rows({ select, where })
  expectEqual('the number of rows', rows.length, 1)
  return Object.fromEntries([...rows[0]!.keys()].map((name) => [name, Number(textOf(rows[0]!, name))]))
}

/** The number of rows of each value of the integer column. */
const groupsBySize = (subject: Subject, more: Partial<TableGetRequest>): Promise<JsonRow[]> => {
  const size = subject.column('integer')
  return subject.rows({ select: [columnAs('size', size), aggregate('rows', 'count')], grouping: [size], ...more })
}

export const selectChecks = group({ id: 'select', rule: 'table.proto, Projection', needs: { role: 'db' } }, [
  {
    id: 'all',
    title: 'no projection answers every column under its own name',
    run: async (subject) => {
      const { key, columns } = subject.table
      const [row] = await subject.rows({ where: compare(key, 'eq', '1') })
      const names = [...(row?.keys() ?? [])]
      for (const name of [key, ...Object.values(columns)]) {
        expectThat(names.includes(name), `a member ${name} in each row`, names)
      }
    },
  },
  {
    id: 'alias',
    title: 'the members are those of the projection, under their aliases and in its order',
    run: async (subject) => {
      const { key } = subject.table
      const select = [columnAs('second', subject.column('text')), columnAs('first', key), columnAs('again', key)]
      const [row] = await subject.rows({ select, where: compare(key, 'eq', '1') })
      expectEqual('the members', [...row!.keys()], ['second', 'first', 'again'])
      expectEqual(
        'their values',
        ['second', 'first', 'again'].map((name) => textOf(row!, name)),
        ['"apple"', '1', '1'],
      )
    },
  },
  {
    id: 'value',
    title: 'a constant text is data, whatever it holds',
    run: async (subject) => {
      const value = `it's "quoted" \\ %s $1 ? :x\n'; --`
      const [row] = await subject.rows({
        select: [{ kind: 'value', alias: 'v', value, cast: '' }],
        where: compare(subject.table.key, 'eq', '1'),
      })
      expectEqual('the value', textOf(row!, 'v'), JSON.stringify(value))
    },
  },
  {
    id: 'unknown-column',
    title: 'an unknown column is refused with the nearest valid name',
    rule: 'table.proto, Names',
    run: async (subject) => {
      const column = subject.column('text')
      const error = await expectRefusal(subject.get({ select: [columnAs('v', `${column}x`)] }), 'unknown_column')
      expectEqual('details.nearest', error.details.nearest, column)
    },
  },
  {
    id: 'aggregates',
    title: 'count, sum, avg, min and max leave NULL out; count without a column counts rows',
    needs: { capabilities: ['aggregates'] },
    run: async (subject) => {
      const size = subject.column('integer')
      const select = [
        aggregate('rows', 'count'),
        aggregate('values', 'count', size),
        aggregate('different', 'count', size, true),
        aggregate('least', 'min', size),
        aggregate('most', 'max', size),
      ]
      const expected = { rows: 8, values: 7, different: 6, least: -5, most: Number('9007199254740993') }
      expectEqual('the aggregates', await aggregates(subject, select), expected)
      const below = compare(subject.table.key, 'lt', '5') as never
      const sums = await aggregates(subject, [aggregate('sum', 'sum', size), aggregate('avg', 'avg', size)], below)
      expectEqual('the aggregates', sums, { sum: 80, avg: 20 })
    },
  },
  {
    id: 'aggregates-of-nothing',
    title: 'of no rows count is 0 and the others are NULL',
    needs: { capabilities: ['aggregates'] },
    run: async (subject) => {
      const size = subject.column('integer')
      const [row] = await subject.rows({
        select: [aggregate('rows', 'count'), aggregate('sum', 'sum', size), aggregate('least', 'min', size)],
        where: compare(subject.table.key, 'eq', '99'),
      })
      const texts = ['rows', 'sum', 'least'].map((name) => textOf(row!, name))
      expectEqual('the aggregates', texts, ['0', 'null', 'null'])
    },
  },
  {
    id: 'grouping',
    title: 'grouping answers one row for each group, NULL among them',
    rule: 'table.proto, TableGetRequest.grouping',
    needs: { capabilities: ['aggregates'] },
    run: async (subject) => {
      const rows = await groupsBySize(subject, { ordering: [order('size')] })
      const pairs = rows.map((row) => `${textOf(row, 'size')}: ${textOf(row, 'rows')}`)
      expectEqual('the groups', pairs, ['-5: 1', '0: 1', '10: 1', '20: 2', '30: 1', '9007199254740993: 1', 'null: 1'])
    },
  },
  {
    id: 'having',
    title: 'having filters groups by their aliases',
    rule: 'table.proto, TableGetRequest.having',
    needs: { capabilities: ['aggregates'] },
    run: async (subject) => {
      const rows = await groupsBySize(subject, { having: compare('rows', 'gt', '1') })
      expectEqual(
        'the groups',
        rows.map((row) => textOf(row, 'size')),
        ['20'],
      )
    },
  },
  {
    id: 'distinct',
    title: 'distinct answers equal rows once',
    rule: 'table.proto, TableGetRequest.distinct',
    needs: { capabilities: ['distinct'] },
    run: async (subject) => {
      const size = subject.column('integer')
      const rows = await subject.rows({ select: [columnAs('size', size)], distinct: true, ordering: [order('size')] })
      const sizes = rows.map((row) => textOf(row, 'size'))
      expectEqual('the values', sizes, ['-5', '0', '10', '20', '30', '9007199254740993', 'null'])
    },
  },
  {
    id: 'cast',
    title: 'a cast changes the kind of value',
    rule: 'table.proto, Projection.cast',
    needs: { capabilities: ['cast'] },
    run: async (subject) => {
      const { key } = subject.table
      const select = [columnAs('text', key, 'text'), columnAs('big', key, 'bigint')]
      const [row] = await subject.rows({ select, where: compare(key, 'eq', '1') })
      expectEqual(
        'the values',
        ['text', 'big'].map((name) => textOf(row!, name)),
        ['"1"', '1'],
      )
    },
  },
  {
    id: 'cast-unknown',
    title: 'a cast to another type than those of the contract is refused',
    rule: 'table.proto, Projection.cast',
    needs: { capabilities: ['cast'] },
    run: async (subject) => {
      const select = [columnAs('v', subject.table.key, 'text); DROP TABLE x; --')]
      await expectRefusal(subject.get({ select }), 'bad_value', 'unsupported')
    },
  },
  {
    id: 'missing-capability',
    title: 'what the plugin does not name it refuses with unsupported, and does not ignore',
    rule: 'plugin.proto, Capabilities',
    run: async (subject) => {
      const { capabilities } = await (await subject.plugin()).info()
      const size = subject.column('integer')
      if (!capabilities.includes('aggregates')) {
        await expectRefusal(subject.get({ select: [aggregate('n', 'count')] }), 'unsupported')
      }
      if (!capabilities.includes('distinct')) {
        await expectRefusal(subject.get({ select: [columnAs('v', size)], distinct: true }), 'unsupported')
      }
      if (!capabilities.includes('cast')) {
        await expectRefusal(subject.get({ select: [columnAs('v', size, 'text')] }), 'unsupported')
      }
      if (!capabilities.includes('last_key')) {
        await expectRefusal(subject.get({ lastKeyColumns: [size] }), 'unsupported')
      }
    },
  },
])

import type { OrderTerm } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { columnAs, compare, order } from '../requests.js'
import { type Subject, textOf } from '../subject.js'

const keysBy = async (subject: Subject, ...ordering: OrderTerm[]): Promise<number[]> => {
  const rows = await subject.rows({ select: [columnAs('k', subject.table.key)], ordering })
  return rows.map((row) => Number(textOf(row, 'k')))
}

export const orderChecks = group({ id: 'order', rule: 'table.proto, OrderTerm', needs: { role: 'db' } }, [
  {
    id: 'numbers',
    title: 'numbers are ordered as numbers, NULL last ascending and first descending',
    run: async (subject) => {
      const [size, key] = [subject.column('integer'), subject.table.key]
      expectEqual('the order', await keysBy(subject, order(size), order(key)), [5, 6, 1, 2, 3, 4, 8, 7])
      expectEqual('the order', await keysBy(subject, order(size, 'desc'), order(key)), [7, 8, 4, 2, 3, 1, 6, 5])
      expectEqual('the order', await keysBy(subject, order(size, 'unspecified'), order(key)), [5, 6, 1, 2, 3, 4, 8, 7])
    },
  },
  {
    id: 'nulls',
    title: 'nulls first and last hold in both directions',
    run: async (subject) => {
      const [size, key] = [subject.column('integer'), subject.table.key]
      expectEqual('the order', await keysBy(subject, order(size, 'asc', 'first'), order(key)), [7, 5, 6, 1, 2, 3, 4, 8])
      expectEqual('the order', await keysBy(subject, order(size, 'desc', 'last'), order(key)), [8, 4, 2, 3, 1, 6, 5, 7])
    },
  },
  {
    id: 'several',
    title: 'a later term decides where the earlier ones are equal',
    run: async (subject) => {
      const [size, key] = [subject.column('integer'), subject.table.key]
      const ordered = await keysBy(subject, order(size, 'desc', 'last'), order(key, 'desc'))
      expectEqual('the order', ordered, [8, 4, 3, 2, 1, 6, 5, 7])
    },
  },
  {
    id: 'alias',
    title: 'rows are ordered by an alias of the projection, too',
    run: async (subject) => {
      const select = [columnAs('renamed', subject.table.key)]
      const rows = await subject.rows({ select, ordering: [order('renamed', 'desc')] })
      expectEqual(
        'the order',
        rows.map((row) => textOf(row, 'renamed')),
        ['8', '7', '6', '5', '4', '3', '2', '1'],
      )
    },
  },
  {
    id: 'unknown-column',
    title: 'ordering by an unknown column is refused',
    run: async (subject) => {
      await expectRefusal(keysBy(subject, order(`${subject.table.key}x`)), 'unknown_column')
    },
  },
])

export const pageChecks = group({ id: 'page', rule: 'table.proto, Page', needs: { role: 'db' } }, [
  {
    id: 'limit',
    title: 'limit and offset cut the ordered rows; limit 0 answers none, and an offset beyond the end none',
    run: async (subject) => {
      const { key } = subject.table
      const page = async (offset: number, limit?: number) => {
        const rows = await subject.rows({
          select: [columnAs('k', key)],
          ordering: [order(key)],
          page: { limit, offset },
        })
        return rows.map((row) => Number(textOf(row, 'k')))
      }
      expectEqual('the page', await page(0, 3), [1, 2, 3])
      expectEqual('the page', await page(2, 2), [3, 4])
      expectEqual('the page', await page(6), [7, 8])
      expectEqual('the page', await page(0, 0), [])
      expectEqual('the page', await page(100, 5), [])
    },
  },
  {
    id: 'count',
    title: 'an exact count counts the rows that match, whatever the page',
    rule: 'table.proto, TableGetResponse.total',
    needs: { capabilities: ['count'] },
    run: async (subject) => {
      const where = compare(subject.column('integer'), 'gte', '10')
      const counted = await subject.get({ where, count: 'exact', page: { limit: 1, offset: 1 } })
      expectEqual('total and row_count', [counted.total, counted.rowCount], [5, 1])
      const none = await subject.get({ where, count: 'exact', page: { limit: 0, offset: 0 } })
      expectEqual('total and row_count', [none.total, none.rowCount], [5, 0])
      expectEqual('total without a count', (await subject.get({ where })).total, undefined)
    },
  },
  {
    id: 'last-key',
    title: 'the values of the asked columns in the last row are answered beside the rows',
    rule: 'table.proto, TableGetRequest.last_key_columns',
    needs: { capabilities: ['last_key'] },
    run: async (subject) => {
      const { key } = subject.table
      const [text, size] = [subject.column('text'), subject.column('integer')]
      const request = { select: [columnAs('t', text)], ordering: [order(key)], lastKeyColumns: [size, key] }
      const paged = await subject.get({ ...request, page: { limit: 3, offset: 0 } })
      expectEqual('last_key', JSON.parse(Buffer.from(paged.lastKey).toString() || 'null'), [20, 3])
      const empty = await subject.get({ ...request, where: compare(key, 'eq', '99') })
      expectEqual('the bytes of last_key of no rows', empty.lastKey.length, 0)
    },
  },
  {
    id: 'single',
    title: 'expect_single refuses anything but one row',
    rule: 'table.proto, TableGetRequest.expect_single',
    run: async (subject) => {
      const { key } = subject.table
      const one = await subject.get({ where: compare(key, 'eq', '2'), expectSingle: true })
      expectEqual('row_count', one.rowCount, 1)
      await expectRefusal(subject.get({ where: compare(key, 'eq', '99'), expectSingle: true }), 'singular')
      await expectRefusal(subject.get({ expectSingle: true }), 'singular')
    },
  },
])

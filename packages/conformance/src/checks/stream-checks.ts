import type { TableGetChunk, TableGetRequest } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal, expectThat } from '../expect.js'
import { columnAs, compare, order } from '../requests.js'
import { rowsOf, type Subject, textOf } from '../subject.js'
import { suiteRow } from '../suite-rows.js'

export const streamChecks = group(
  { id: 'stream', rule: 'table.proto, TableGetChunk', needs: { role: 'db', capabilities: ['stream'] } },
  [
    {
      id: 'rows',
      title: 'the chunks together are the rows of TableGet',
      run: (subject) => expectSameRows(subject, { ordering: [order(subject.table.key)] }),
    },
    {
      id: 'counts',
      title: 'row_count of each chunk is the number of its objects',
      run: async (subject) => {
        let count = 0
        for await (const chunk of subject.stream()) count += rowsIn(chunk).length
        expectEqual('the rows of all chunks', count, 8)
      },
    },
    {
      id: 'empty',
      title: 'no rows are no failure',
      run: async (subject) => {
        const where = compare(subject.table.key, 'eq', '-1')
        expectEqual('the rows', (await collect(subject, { where })).rows, [])
      },
    },
    {
      id: 'request',
      title: 'select, where, ordering and page are honoured',
      rule: 'table.proto, TableGetRequest',
      run: async (subject) => {
        const { key } = subject.table
        const ordering = [order(key, 'desc')]
        await expectSameRows(subject, { ordering, select: [columnAs('alias', key)] })
        await expectSameRows(subject, { ordering, where: compare(subject.column('integer'), 'gte', '10') })
        await expectSameRows(subject, { ordering, page: { limit: 3, offset: 2 } })
        await expectSameRows(subject, { ordering, page: { limit: undefined, offset: 5 } })
      },
    },
    {
      id: 'total',
      title: 'the first chunk has the total when a count was asked, also when the page is empty; no other has',
      rule: 'table.proto, TableGetChunk.total',
      needs: { capabilities: ['count'] },
      run: async (subject) => {
        const where = compare(subject.table.key, 'gt', '2')
        for (const page of [undefined, { limit: 2, offset: 1 }, { limit: 0, offset: 0 }]) {
          const { totals } = await collect(subject, { where, page, count: 'exact' })
          expectEqual('the totals of the chunks', totals, [6, ...totals.slice(1).map(() => undefined)])
        }
        const { totals } = await collect(subject, { where })
        expectEqual(
          'totals that nobody asked for',
          totals.filter((total) => total !== undefined),
          [],
        )
      },
    },
    {
      id: 'refused',
      title: 'an unknown table or column is the error of the stream',
      rule: 'db.proto, DBPlugin.TableGetStream',
      run: async (subject) => {
        await expectRefusal(collect(subject, { table: 'easyrest_none' }), 'unknown_table')
        await expectRefusal(collect(subject, { where: compare('easyrest_none', 'eq', '1') }), 'unknown_column')
        await expectSameRows(subject, { ordering: [order(subject.table.key)] })
      },
    },
    {
      id: 'chunks',
      title: 'a large answer comes whole, in order, in chunks of at most a megabyte',
      needs: { writes: true },
      run: async (subject) => {
        await fillWithManyRows(subject)
        const sizes: number[] = []
        const keys: string[] = []
        for await (const chunk of subject.stream({
          where: isOneOfMany(subject),
          ordering: [order(subject.table.key)],
        })) {
          sizes.push(chunk.rows.length)
          keys.push(...rowsIn(chunk).map((row) => textOf(row, subject.table.key)))
        }
        expectEqual('the number of rows', keys.length, manyRows)
        expectThat(
          keys.every((key, index) => key === String(firstKey + index)),
          'the rows in order of their keys',
          keys,
        )
        expectThat(Math.max(...sizes) <= maxChunkBytes, `chunks of at most ${maxChunkBytes} bytes`, sizes)
      },
    },
    {
      id: 'cancel',
      title: 'a stream that is given up in the middle disturbs nobody',
      rule: 'db.proto, DBPlugin.TableGetStream',
      needs: { writes: true },
      run: async (subject) => {
        await fillWithManyRows(subject)
        // More than any plugin can have at once.
        for (let round = 0; round < 20; round++) {
          for await (const _chunk of subject.stream({ where: isOneOfMany(subject) })) break
        }
        expectEqual(
          'the rows afterwards',
          (await collect(subject, { where: isOneOfMany(subject) })).rows.length,
          manyRows,
        )
        const { affected } = await subject.delete({ where: isOneOfMany(subject) })
        expectEqual('affected', affected, manyRows)
      },
    },
  ],
)

const collect = async (subject: Subject, request: Partial<TableGetRequest>) => {
  const rows: ReturnType<typeof rowsIn> = []
  const totals: (number | undefined)[] = []
  for await (const chunk of subject.stream(request)) {
    rows.push(...rowsIn(chunk))
    totals.push(chunk.total)
  }
  return { rows, totals }
}

const expectSameRows = async (subject: Subject, request: Partial<TableGetRequest>): Promise<void> => {
  const expected = await subject.rows(request)
  const { rows } = await collect(subject, request)
  for (const [index, row] of expected.entries()) expectEqual(`row ${index} as TableGet answers it:`, rows[index], row)
  expectEqual('the number of rows', rows.length, expected.length)
}

/** Throws Violation unless the bytes are whole objects separated by commas, as many as it says. */
const rowsIn = ({ rows, rowCount }: TableGetChunk) => rowsOf({ rows: Buffer.concat([open, rows, close]), rowCount })

const fillWithManyRows = async (subject: Subject): Promise<void> => {
  const text = JSON.stringify('x'.repeat(1000))
  for (let from = 0; from < manyRows; from += 500) {
    const rows = Array.from({ length: 500 }, (_, index) => suiteRow(firstKey + from + index, { text }))
    await subject.create(rows, { returning: 'none' })
  }
}

const isOneOfMany = ({ table: { key } }: Subject) => compare(key, 'gte', String(firstKey))

const manyRows = 5000
const firstKey = 10_000
const maxChunkBytes = 1024 * 1024
const open = Buffer.from('[')
const close = Buffer.from(']')

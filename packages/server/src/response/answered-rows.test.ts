import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TableGetChunk, type TableGetRequest, tableGetRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { TableGet } from '../request/table-get.js'
import { type AnsweredRows, streamedRows, wholeRows } from './answered-rows.js'
import type { Format } from './format.js'

describe('streamedRows', () => {
  it('puts brackets and commas around chunks and leaves their bytes alone', async () => {
    const rows = await streamedRows(get('json'), chunks('{"a" : 1.0},\n{"a":2}', '', '{"a":3}'))
    assert.equal(await text(rows), '[{"a" : 1.0},\n{"a":2},{"a":3}]')
    assert.deepEqual({ rowCount: rows.rowCount, total: rows.total }, { rowCount: undefined, total: undefined })
  })

  it('is an empty array without chunks, and with chunks that hold no rows', async () => {
    assert.equal(await text(await streamedRows(get('json'), chunks())), '[]')
    assert.equal(await text(await streamedRows(get('json'), chunks(''))), '[]')
    assert.equal(await text(await streamedRows(get('ndjson'), chunks())), '')
    assert.equal(await text(await streamedRows(get('csv', { select: [column('id')] }), chunks())), 'id\r\n')
  })

  it('gives the same in every format, whole or in chunks', async () => {
    for (const format of ['json', 'ndjson', 'csv'] as const) {
      const whole = await wholeRows(get(format), answer('[{"a":1},{"a":2}]'))
      const streamed = await streamedRows(get(format), chunks('{"a":1}', '{"a":2}'))
      assert.equal(await text(streamed), await text(whole))
    }
  })

  it('knows how many rows will come from the total', async () => {
    const cases: [limit: number | undefined, offset: number, rowCount: number][] = [
      [undefined, 0, 10],
      [3, 0, 3],
      [30, 4, 6],
      [0, 0, 0],
    ]
    for (const [limit, offset, rowCount] of cases) {
      const rows = await streamedRows(get('json', { page: { limit, offset } }), chunks({ total: 10 }, '{}'))
      assert.deepEqual({ rowCount: rows.rowCount, total: rows.total }, { rowCount, total: 10 })
    }
  })

  it('ends the source when the range lies behind the total', async () => {
    const source = recorded(chunks({ total: 10 }, '{}'))
    await assert.rejects(
      streamedRows(get('json', { page: { limit: 1, offset: 10 } }), source),
      isCode('range_not_satisfiable'),
    )
    assert.ok(source.ended)
  })

  it('fails at once when the source fails before its first row, and later otherwise', async () => {
    await assert.rejects(streamedRows(get('json'), failing()), /broken/)
    await assert.rejects(text(await streamedRows(get('json'), failing('{}'))), /broken/)
    await assert.rejects(streamedRows(get('ndjson'), chunks('{"a":1')), isCode('plugin_error'))
  })

  it('ends the source when nobody wants a single piece', async () => {
    const source = recorded(chunks('{}', '{}'))
    const { body } = await streamedRows(get('ndjson'), source)
    await (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().return?.()
    assert.ok(source.ended)
  })
})

describe('wholeRows', () => {
  it('has a tag where one is wanted, which tells formats and totals apart', async () => {
    const rows = answer('[{"a":1}]')
    assert.equal((await wholeRows(get('json'), rows)).tag, undefined)
    const tags = await Promise.all([
      ...(['json', 'csv', 'ndjson'] as const).map((format) => wholeRows(get(format, {}, true), rows)),
      wholeRows(get('json', {}, true), { ...rows, total: 7 }),
      wholeRows(get('json', {}, true), answer('[{"a":1} ]')),
    ])
    assert.equal(new Set(tags.map(({ tag }) => tag)).size, 5)
  })

  it("is the plugin's bytes for JSON", async () => {
    const whole = answer('[ {"a":1.0} ]')
    assert.equal((await wholeRows(get('json'), whole)).body, whole.rows)
  })

  it('converts a large answer piece by piece', async () => {
    const row = JSON.stringify({ a: 'x'.repeat(1000) })
    const rows = await wholeRows(get('ndjson'), answer(`[${Array(1000).fill(row).join(' , ')}]`))
    assert.ok(!(rows.body instanceof Uint8Array))
    assert.equal(await text(rows), `${row}\n`.repeat(1000))
    const small = await wholeRows(get('ndjson'), answer(`[${row}]`))
    assert.ok(small.body instanceof Uint8Array)
  })
})

const text = async ({ body }: AnsweredRows): Promise<string> => {
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

async function* chunks(...items: (string | { total: number })[]): AsyncGenerator<TableGetChunk> {
  for (const item of items) {
    const total = typeof item === 'string' ? undefined : item.total
    yield { rows: Buffer.from(typeof item === 'string' ? item : ''), rowCount: 0, total }
  }
}

async function* failing(...before: string[]): AsyncGenerator<TableGetChunk> {
  yield* chunks(...before)
  throw new Error('broken')
}

const recorded = (source: AsyncGenerator<TableGetChunk>) => {
  const record = {
    ended: false,
    async *[Symbol.asyncIterator]() {
      try {
        yield* source
      } finally {
        record.ended = true
      }
    },
  }
  return record
}

const answer = (rows: string) => ({ rows: Buffer.from(rows), rowCount: 0, total: undefined, lastKey: Buffer.alloc(0) })

const column = (name: string) => ({ kind: 'column', alias: name, column: name, cast: '' }) as const

const get = (format: Format, request: Partial<TableGetRequest> = {}, tagged = false): TableGet => ({
  format,
  request: tableGetRequest('t', request),
  conditions: { ifMatch: undefined, ifNoneMatch: undefined },
  tagged,
  walks: false,
  cursor: undefined,
})

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof ApiError && error.code === code

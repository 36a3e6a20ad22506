import type { TableGetChunk, TableGetRequest } from '@easyrest/protocol'
import { type Statement, selectStatement } from '@easyrest/sql'
import type { Field, MysqlRow, RowSink } from './connection.js'
import type { MysqlSession } from './mysql-session.js'
import { RowWriter } from './row-writer.js'
import { beginOneState, countRows, endOneState } from './table-get.js'

/** The rows of a request in pieces. While nobody takes one, no more rows are taken from the database. */
export async function* tableGetStream(session: MysqlSession, request: TableGetRequest): AsyncGenerator<TableGetChunk> {
  if (request.count !== 'exact') return yield* chunks(session, request)
  await beginOneState(session)
  try {
    yield* countedChunks(session, request)
  } finally {
    await endOneState(session)
  }
}

async function* countedChunks(session: MysqlSession, request: TableGetRequest): AsyncGenerator<TableGetChunk> {
  const total = await countRows(session, request)
  let isFirst = true
  for await (const chunk of chunks(session, request)) {
    yield isFirst ? { ...chunk, total } : chunk
    isFirst = false
  }
  if (isFirst) yield { rows: Buffer.alloc(0), rowCount: 0, total }
}

async function* chunks(session: MysqlSession, request: TableGetRequest): AsyncGenerator<TableGetChunk> {
  const table = await session.catalog.table(request.table, session.connection)
  const statement = selectStatement(request, table, session.target)
  const rows = new PacedRows(session, new RowWriter(statement, session.printZone, Number.POSITIVE_INFINITY))
  for await (const chunk of rows.of(statement)) yield { ...chunk, total: undefined }
}

type Chunk = Pick<TableGetChunk, 'rows' | 'rowCount'>

/** Between a connection that brings rows and a reader that takes chunks. */
class PacedRows implements RowSink {
  private readonly chunks: Chunk[] = []
  private sent = 0
  private wake = (): void => {}

  constructor(
    private readonly session: MysqlSession,
    private readonly writer: RowWriter,
  ) {}

  open(fields: readonly Field[]): void {
    this.writer.open(fields)
  }

  row(row: MysqlRow): void {
    this.session.checkCall()
    this.writer.row(row)
    if (this.writer.length < (this.sent === 0 ? firstChunk : laterChunks)) return
    this.chunks.push(this.writer.takeChunk())
    this.sent++
    this.session.connection.pause()
    this.wake()
  }

  async *of(statement: Statement): AsyncGenerator<Chunk> {
    const { connection } = this.session
    let ended = false
    const end = this.session.run(statement, this).finally(() => {
      ended = true
      this.wake()
    })
    end.catch(() => {})
    try {
      for (;;) {
        const chunk = this.chunks.shift()
        if (chunk !== undefined) yield chunk
        else if (ended) break
        else await this.more()
      }
      await end
      if (this.writer.rowCount > 0) yield this.writer.takeChunk()
    } finally {
      // A reader that has left: what is still on its way has to be taken off the connection, or the connection closed.
      if (!ended) connection.destroy()
      await end.catch(() => {})
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve
      this.session.connection.resume()
    })
  }
}

/** The first piece leaves early; later ones are large enough to cost little each. In UTF-16 units. */
const firstChunk = 16 * 1024
const laterChunks = 64 * 1024

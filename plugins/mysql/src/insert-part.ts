import type { JsonValue } from '@easyrest/protocol'
import { type Insertion, insertStatement, type RowsStatement } from '@easyrest/sql'
import type { Outcome, RowSink } from './connection.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlColumn, MysqlTable } from './mysql-table.js'

/** Rows that name the same columns. */
export interface Batch {
  readonly columns: readonly MysqlColumn[]
  readonly rows: readonly (readonly JsonValue[])[]
}

/** The batch in parts that fit into a statement. */
export function* statementParts({ columns, rows }: Batch, maxPacket: number): Generator<Batch> {
  const mostRows =
    columns.length === 0 ? 1 : Math.max(1, Math.min(partRows, Math.floor(mostParameters / columns.length)))
  let from = 0
  let bytes = 0
  for (let index = 0; index < rows.length; index++) {
    const size = sizeOf(rows[index]!)
    if (index > from && (index - from === mostRows || bytes + size > maxPacket / 2)) {
      yield { columns, rows: rows.slice(from, index) }
      from = index
      bytes = 0
    }
    bytes += size
  }
  if (from < rows.length) yield { columns, rows: rows.slice(from) }
}

/** Runs one INSERT; the server need not remember the text of one with many rows. */
export const insertPart = async (
  session: MysqlSession,
  table: MysqlTable,
  insertion: Insertion<MysqlColumn>,
  sink?: (statement: RowsStatement<MysqlColumn>) => RowSink,
): Promise<Outcome> => {
  const statement = insertStatement(insertion, table, session.target)
  try {
    return await session.run(statement, sink?.(statement))
  } finally {
    if (insertion.rows.length > 1) session.connection.forget(statement.text)
  }
}

const sizeOf = (row: readonly JsonValue[]): number => {
  let size = 0
  for (const value of row) size += 'text' in value ? value.text.length * 3 + 9 : 9
  return size
}

const partRows = 500
const mostParameters = 60_000

import { writableColumnOf } from '@easyrest/sql'
import type { PostgresColumn, PostgresTable } from '../catalog/postgres-table.js'
import { checkMembers } from '../values/composite-members.js'
import { type RowRun, readRowRuns } from '../values/row-source.js'

/** The rows of a body in runs of the same columns. @param listed the members that count; empty: all */
export const readBody = (
  body: Buffer,
  rowDepth: 1 | 2,
  table: PostgresTable,
  listed: readonly string[],
): readonly RowRun[] => {
  const wanted = listed.length === 0 ? undefined : new Set(listed)
  for (const name of listed) writableColumnOf(table, name)
  const isWanted = (name: string): boolean => wanted === undefined || wanted.has(name)
  const runs = readRowRuns(body, rowDepth, (name) => (isWanted(name) ? writableColumnOf(table, name) : undefined))
  const columns = [...table.columns.values()].filter(({ name }) => isWanted(name))
  checkMembers(columns, body, rowDepth)
  return runs
}

export const columnsOfRun = (run: RowRun | undefined, table: PostgresTable): readonly PostgresColumn[] =>
  (run?.names ?? []).map((name) => writableColumnOf(table, name))

export const bodyBytes = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

import type { StatementBuilder } from '@easyrest/sql'
import type { PostgresColumn } from '../catalog/postgres-table.js'

/**
 * `SELECT ... FROM json_to_recordset($n)`: the values of the columns, from one parameter however many rows there are.
 * json keeps digits and order, which jsonb would not.
 *
 * @param fromRows json_to_recordset for an array of rows, json_to_record for one
 */
export const writeSource = (
  out: StatementBuilder,
  columns: readonly PostgresColumn[],
  body: Uint8Array,
  fromRows: 'json_to_recordset' | 'json_to_record',
): void => {
  out.sql('SELECT ').list(columns, ', ', (column) => {
    if (column.kind === 'bytes') out.sql('pg_catalog.decode(').name(column.name).sql(`, 'base64')`)
    else if (isInteger(column)) out.sql('CAST(').name(column.name).sql(` AS ${column.sqlType})`)
    else out.name(column.name)
  })
  out.sql(` FROM pg_catalog.${fromRows}(`).bind({ value: body, cast: 'json' }).sql(') AS "the body" (')
  out.list(columns, ', ', (column) => out.name(column.name).sql(` ${typeInBody(column)}`)).sql(')')
}

// Bytes are base64 there, and a whole number may be 1e3 or 1.0.
const typeInBody = (column: PostgresColumn): string =>
  column.kind === 'bytes' ? 'text' : isInteger(column) ? 'numeric' : column.sqlType

const isInteger = ({ kind }: PostgresColumn): boolean => kind === 'int2' || kind === 'int4' || kind === 'int8'

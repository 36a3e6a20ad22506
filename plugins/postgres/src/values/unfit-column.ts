import type { PostgresColumn } from '../catalog/postgres-table.js'
import { PostgresFailure } from '../postgres-failure.js'
import type { Step } from '../server-connection.js'
import { quoteIdentifier } from '../sql/postgres-dialect.js'
import { isCertain, type UncheckedText } from './operand-binder.js'
import { quoted, unfit } from './unfit.js'

/** A value, or the values of a column in a body, that the server can be asked about alone. */
export interface UncheckedValue {
  readonly column: PostgresColumn
  readonly step: Step
  readonly received: string
}

export const uncheckedOperands = (texts: readonly UncheckedText[]): UncheckedValue[] =>
  texts.map(({ column, text }) => ({
    column,
    step: { text: `SELECT CAST($1 AS ${column.sqlType})`, parameters: [text], once: true },
    received: quoted(text),
  }))

export const uncheckedMembers = (
  columns: readonly PostgresColumn[],
  body: Uint8Array,
  fromRows: 'json_to_recordset' | 'json_to_record',
): UncheckedValue[] =>
  columns
    .filter(({ kind }) => !isCertain(kind))
    .map((column) => ({ column, step: memberStep(column, body, fromRows), received: 'what the request has for it' }))

const memberStep = (column: PostgresColumn, body: Uint8Array, fromRows: string): Step => {
  const name = quoteIdentifier(column.name)
  const text = `SELECT pg_catalog.count(${name}) FROM pg_catalog.${fromRows}($1::json) AS "the body" (${name} ${column.sqlType})`
  return { text, parameters: [body], once: true }
}

/**
 * The server does not say which value it could not convert. This asks it about one after the other, and answers the
 * error that names the column; the failure itself when it was another cause.
 */
export const nameColumn = async (
  failure: unknown,
  values: readonly UncheckedValue[],
  run: (step: Step) => Promise<unknown>,
): Promise<unknown> => {
  if (!isConversion(failure)) return failure
  for (const { column, step, received } of values) {
    try {
      await run(step)
    } catch (error) {
      if (isConversion(error)) return unfit(column, received)
      throw error
    }
  }
  return failure
}

const isConversion = (error: unknown): boolean => error instanceof PostgresFailure && error.code.startsWith('22')

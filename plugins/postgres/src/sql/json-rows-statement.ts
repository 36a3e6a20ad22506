import type { Output, RowsStatement, Term } from '@easyrest/sql'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import { quoteIdentifier } from './postgres-dialect.js'

/**
 * The text of a statement that answers each row of another as one JSON object in canonical form, and behind it, when a
 * last key is asked, the JSON array of its values. The server prints exactly, so nobody looks at a value again.
 */
export const jsonRowsText = (statement: RowsStatement<PostgresColumn>, form: 'select' | 'write'): string => {
  const known = texts.get(statement.outputs)?.get(statement.text)
  if (known !== undefined) return known
  const text = form === 'select' ? overSelect(statement) : overWrite(statement)
  keep(statement, text)
  return text
}

// Outputs are made once for a projection (see projectionTerms), and go with their table.
const texts = new WeakMap<readonly Output<PostgresColumn>[], Map<string, string>>()

const keep = ({ outputs, text }: RowsStatement<PostgresColumn>, whole: string): void => {
  const known = texts.get(outputs) ?? new Map<string, string>()
  if (known.size >= mostTexts) known.clear()
  texts.set(outputs, known.set(text, whole))
}

const mostTexts = 200

const overSelect = (statement: RowsStatement<PostgresColumn>): string =>
  `SELECT ${resultList(statement)} FROM (${statement.text}) AS r${columnList(statement)}${canonicalRow(statement)}`

const overWrite = (statement: RowsStatement<PostgresColumn>): string =>
  `WITH r${columnList(statement)} AS (${statement.text}) SELECT ${resultList(statement)} FROM r${canonicalRow(statement)}`

const columnList = ({ outputs, lastKey }: RowsStatement<PostgresColumn>): string =>
  ` (${[...outputs.map(({ alias }) => quoteIdentifier(alias)), ...lastKey.map((_, index) => keyName(index))].join(', ')})`

const resultList = (statement: RowsStatement<PostgresColumn>): string => {
  const row = `pg_catalog.row_to_json(${needsCanonicalRow(statement) ? 'o' : 'r'})`
  if (statement.lastKey.length === 0) return row
  const keys = statement.lastKey.map((term, index) => canonical(`r.${keyName(index)}`, term))
  return `${row}, pg_catalog.json_build_array(${keys.join(', ')})`
}

// A lateral row of expressions costs nothing: the planner takes it apart.
const canonicalRow = (statement: RowsStatement<PostgresColumn>): string => {
  if (!needsCanonicalRow(statement)) return ''
  const members = statement.outputs.map((output) => {
    const name = quoteIdentifier(output.alias)
    return `${canonical(`r.${name}`, output)} AS ${name}`
  })
  return ` CROSS JOIN LATERAL (SELECT ${members.join(', ')}) AS o`
}

const needsCanonicalRow = ({ outputs, lastKey }: RowsStatement<PostgresColumn>): boolean =>
  // Of a row with key columns, which are no part of the object, only the others are printed.
  lastKey.length > 0 || outputs.some((output) => canonical('', output) !== '')

// No alias can have a blank.
const keyName = (index: number): string => `"key ${index}"`

/** The value in a form that PostgreSQL prints as the contract wants it. */
export const canonical = (sql: string, { column: { kind } }: Term<PostgresColumn>): string => {
  // In lines of 76 characters.
  if (kind === 'bytes') return `pg_catalog.translate(pg_catalog.encode(${sql}, 'base64'), E'\\n', '')`
  // NaN and the infinities have no difference with themselves.
  if (kind === 'float8' || kind === 'float4' || kind === 'decimal')
    return `CASE WHEN ${sql} - ${sql} = 0 THEN ${sql} END`
  return sql
}

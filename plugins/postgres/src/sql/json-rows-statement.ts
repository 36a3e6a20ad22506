import type { RequestContext } from '@easyrest/protocol'
import type { Output, RowsStatement, Term } from '@easyrest/sql'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import { quoteIdentifier } from './postgres-dialect.js'

/**
 * The text of a statement that answers each row of another as one JSON object in canonical form, and behind it, when a
 * last key is asked, the JSON array of its values. The server prints exactly, so nobody looks at a value again.
 */
export const jsonRowsText = (
  statement: RowsStatement<PostgresColumn>,
  form: 'select' | 'write',
  context: RequestContext | undefined,
): string => {
  const canonical = hasOddOffsets(context?.timezone ?? '') ? canonicalInZone : canonicalValue
  const texts = canonical === canonicalInZone ? textsInZones : plainTexts
  const known = texts.get(statement.outputs)?.get(statement.text)
  if (known !== undefined) return known
  const text = form === 'select' ? overSelect(statement, canonical) : overWrite(statement, canonical)
  keep(texts, statement, text)
  return text
}

// Outputs are made once for a projection (see projectionTerms), and go with their table.
type Texts = WeakMap<readonly Output<PostgresColumn>[], Map<string, string>>
const plainTexts: Texts = new WeakMap()
const textsInZones: Texts = new WeakMap()

const keep = (texts: Texts, { outputs, text }: RowsStatement<PostgresColumn>, whole: string): void => {
  const known = texts.get(outputs) ?? new Map<string, string>()
  if (known.size >= mostTexts) known.clear()
  texts.set(outputs, known.set(text, whole))
}

const mostTexts = 200

const overSelect = (statement: RowsStatement<PostgresColumn>, canonical: Canonical): string =>
  `SELECT ${resultList(statement, canonical)} FROM (${statement.text}) AS ${source}${columnList(statement)}${canonicalRow(statement, canonical)}`

const overWrite = (statement: RowsStatement<PostgresColumn>, canonical: Canonical): string =>
  `WITH ${source}${columnList(statement)} AS (${statement.text}) SELECT ${resultList(statement, canonical)} FROM ${source}${canonicalRow(statement, canonical)}`

const columnList = ({ outputs, lastKey }: RowsStatement<PostgresColumn>): string =>
  ` (${[...outputs.map(({ alias }) => quoteIdentifier(alias)), ...lastKey.map((_, index) => keyName(index))].join(', ')})`

const resultList = (statement: RowsStatement<PostgresColumn>, canonical: Canonical): string => {
  const row = `pg_catalog.row_to_json(${needsCanonicalRow(statement, canonical) ? form : source})`
  if (statement.lastKey.length === 0) return row
  const keys = statement.lastKey.map((term, index) => canonical(`${source}.${keyName(index)}`, term))
  return `${row}, pg_catalog.json_build_array(${keys.join(', ')})`
}

// A lateral row of expressions costs nothing: the planner takes it apart.
const canonicalRow = (statement: RowsStatement<PostgresColumn>, canonical: Canonical): string => {
  if (!needsCanonicalRow(statement, canonical)) return ''
  const members = statement.outputs.map((output) => {
    const name = quoteIdentifier(output.alias)
    return `${canonical(`${source}.${name}`, output)} AS ${name}`
  })
  return ` CROSS JOIN LATERAL (SELECT ${members.join(', ')}) AS ${form}`
}

// Of a row with key columns, which are no part of the object, only the others are printed.
const needsCanonicalRow = ({ outputs, lastKey }: RowsStatement<PostgresColumn>, canonical: Canonical): boolean =>
  lastKey.length > 0 || outputs.some((output) => canonical('', output) !== '')

// Names with a blank, which no alias can be: row_to_json would take the column for the row.
const source = '"the row"'
const form = '"its form"'
const keyName = (index: number): string => `"key ${index}"`

/** The value in a form that PostgreSQL prints as the contract wants it. */
export type Canonical = (sql: string, term: Term<PostgresColumn>) => string

export const canonicalValue: Canonical = (sql, { column: { kind } }) => {
  // In lines of 76 characters.
  if (kind === 'bytes') return `pg_catalog.translate(pg_catalog.encode(${sql}, 'base64'), E'\\n', '')`
  // NaN and the infinities have no difference with themselves.
  if (kind === 'float8' || kind === 'float4' || kind === 'decimal')
    return `CASE WHEN ${sql} - ${sql} = 0 THEN ${sql} END`
  return sql
}

/** The same in a timezone by name: RFC 3339 has no offsets with seconds, which many zones had before they had a standard time. */
const canonicalInZone: Canonical = (sql, term) =>
  term.column.kind === 'timestamptz' ? wholeMinutes(sql) : canonicalValue(sql, term)

const hasOddOffsets = (timezone: string): boolean => /^[A-Za-z]+\//.test(timezone) && !timezone.startsWith('Etc/')

// The last zone with seconds was Liberia's, until 1972.
const wholeMinutes = (sql: string): string => {
  const minutes = `pg_catalog.trunc(pg_catalog.date_part('timezone', ${sql}) / 60)::integer`
  const local = `pg_catalog.to_char(pg_catalog.timezone('UTC', ${sql}) + pg_catalog.make_interval(mins => ${minutes}), 'YYYY-MM-DD"T"HH24:MI:SS')`
  const fraction = `pg_catalog.rtrim(pg_catalog.rtrim(pg_catalog.to_char(${sql}, '.US'), '0'), '.')`
  const offset = `pg_catalog.to_char(pg_catalog.make_interval(mins => pg_catalog.abs(${minutes})), 'HH24:MI')`
  const sign = `CASE WHEN ${minutes} < 0 THEN '-' ELSE '+' END`
  return `CASE WHEN ${sql} >= '1972-02-01+00' OR ${sql} < '0001-01-03+00' THEN pg_catalog.to_json(${sql})
    WHEN ${sql} IS NOT NULL THEN pg_catalog.to_json(${local} || ${fraction} || ${sign} || ${offset}) END`
}

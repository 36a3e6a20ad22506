import { type Comparison, type JsonRow, type JsonValue, type Predicate, parseJsonRows } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { TableSchema } from '../schema/connection-schema.js'
import { parseRowBody } from './body.js'
import { bodyToJson } from './body-to-json.js'
import { parseParameters } from './parameters.js'
import { answerKinds, returnings, type TableCreate } from './table-create.js'
import type { TableInput } from './table-input.js'
import { mostAffected, parseWriteAnswer } from './write-answer.js'
import { refuseConditions } from './write-conditions.js'

/**
 * PUT on a table: the one row with this primary key, created or replaced as a whole. The URL names the key with `eq`
 * conditions, the body holds every column that can be written.
 * @param schema of the table; undefined: there is none of this name
 * Throws ApiError; method_not_allowed where the URL does not name one row by its primary key.
 */
export const parseTablePut = (input: TableInput, body: Buffer, schema: TableSchema | undefined): TableCreate => {
  refuseConditions(input.headers)
  const { where, single } = parseParameters(input.query, ['format', 'select'], input.values)
  const key = keyOf(where)
  requirePrimaryKey(input.table, key, schema)
  const answer = parseWriteAnswer(answerKinds[input.preferences.return ?? 'representation'], input, single)
  const json = parseRowBody(bodyToJson(input.headers['content-type'], body, 'row'), input.values)
  const rows = Buffer.concat([Buffer.from('['), json, Buffer.from(']')])
  requireWholeRow(parseJsonRows(rows)[0]!, key, schema)
  return {
    answer,
    request: {
      context: input.context(false),
      table: input.table,
      rows,
      rowCount: 1,
      columns: [],
      missingDefault: false,
      conflict: { action: 'merge', target: [...key.keys()], keep: [] },
      returning: returnings[answer.kind],
      select: answer.select,
      expectSingle: answer.single,
      maxAffected: mostAffected(answer.format, input.preferences),
      overwriteWhen: undefined,
    },
  }
}

type Key = ReadonlyMap<string, string>

/** Column -> value; empty when the conditions are anything but `eq`, each column once. */
const keyOf = (where: Predicate | undefined): Key => {
  const conditions = where?.kind === 'and' ? where.items : where === undefined ? [] : [where]
  const key = new Map<string, string>()
  for (const condition of conditions) {
    if (!isEquality(condition) || key.has(condition.column)) return new Map()
    key.set(condition.column, condition.operands[0]!)
  }
  return key
}

const isEquality = (condition: Predicate): condition is Comparison =>
  condition.kind === 'comparison' && condition.operator === 'eq'

// A table that does not exist is for the plugin to name.
const requirePrimaryKey = (table: string, key: Key, schema: TableSchema | undefined): void => {
  if (schema === undefined) return
  const primaryKey = schema['x-primary-key'] ?? []
  const made = primaryKey.find((name) => schema.properties[name]?.readOnly)
  if (made !== undefined) throw madeByDatabase(table, made)
  if (primaryKey.length > 0 && key.size === primaryKey.length && primaryKey.every((name) => key.has(name))) return
  const conditions = primaryKey.map((name) => `where.eq.${name}=...`).join('&')
  throw noPut(
    `PUT writes one row by its primary key, and the URL does not name one of ${table}`,
    primaryKey.length === 0 ? `${table} has no primary key; use POST or PATCH` : `Name it as ?${conditions}`,
  )
}

const madeByDatabase = (table: string, column: string): ApiError =>
  noPut(
    `PUT writes the whole row, and ${column}, which belongs to the primary key of ${table}, is for the database alone to write`,
    'Use POST for a new row, and PATCH for one that exists',
  )

const noPut = (detail: string, hint: string): ApiError =>
  new ApiError('method_not_allowed', {
    detail,
    hint,
    headers: { Allow: 'GET, HEAD, POST, PATCH, DELETE, OPTIONS' },
  })

const requireWholeRow = (row: JsonRow, key: Key, schema: TableSchema | undefined): void => {
  for (const [name, operand] of key) {
    const value = row.get(name)
    if (value !== undefined && textOf(value) === operand) continue
    throw badRow(`the ${name} of the URL, ${JSON.stringify(operand)}, in the body`, value && textOf(value))
  }
  const columns = Object.entries(schema?.properties ?? {}).filter(([, column]) => !column.readOnly)
  const missing = columns.filter(([name]) => !row.has(name)).map(([name]) => name)
  if (missing.length > 0) throw badRow('every column of the row', `a row without ${missing.join(', ')}`)
}

const textOf = (value: JsonValue): string => ('text' in value ? value.text : value.kind)

const badRow = (expected: string, got: string | undefined): ApiError =>
  new ApiError('bad_body', {
    detail: `Expected ${expected}, got ${got ?? 'nothing'}`,
    hint: 'PUT replaces the whole row; PATCH changes some of its columns',
  })

import { PluginError, unknownName } from '@easyrest/protocol'
import type { Output, RowsStatement } from '@easyrest/sql'
import type { Database, ResultColumn } from './database.js'
import { RowWriter } from './row-writer.js'
import { singleStatement } from './single-statement.js'
import { exactDialect } from './sqlite-dialect.js'
import { pluginErrorOf } from './sqlite-errors.js'
import { SqliteFailure } from './sqlite-failure.js'
import { computedColumn, type SqliteColumn } from './sqlite-table.js'
import { valueTypeOf } from './value-type.js'

/** A client's statement, and what its answer may be. */
export interface ClientQuery {
  readonly statement: string
  readonly timezone: string
  /** 0: any. */
  readonly maxRows: number
  /** 0: the most that a message holds. */
  readonly maxReplyBytes: number
}

export interface QueryRows {
  readonly rows: Uint8Array
  readonly rowCount: number
}

/** Runs it on a connection of openForQueries. Throws PluginError. */
export const runQuery = (database: Database, query: ClientQuery): QueryRows => {
  const text = singleStatement(query.statement)
  try {
    const outputs = outputsOf(database.columnsOf(text))
    return writeRows(database, exactStatement(text, outputs), query)
  } catch (error) {
    throw error instanceof SqliteFailure ? queryError(database, error) : error
  }
}

const writeRows = (database: Database, statement: RowsStatement<SqliteColumn>, query: ClientQuery): QueryRows => {
  const { timezone, maxRows, maxReplyBytes } = query
  const writer = new RowWriter(statement, 'exact', timezone, maxReplyBytes || largestReply)
  for (const row of database.iterate(statement, true)) {
    if (writer.rowCount === maxRows && maxRows > 0) {
      throw new PluginError('too_large', `the answer has more than ${maxRows} rows; add a LIMIT to the statement`)
    }
    writer.write(row)
  }
  return { rows: writer.rows(), rowCount: writer.rowCount }
}

/** Values print by the declared type of the table's column they come from; of an expression as they are. */
const outputsOf = (columns: readonly ResultColumn[]): Output<SqliteColumn>[] => {
  const names = columns.map(({ name }) => name)
  const repeated = names.find((name, index) => names.indexOf(name) < index)
  if (repeated !== undefined) {
    throw new PluginError('bad_value', `two columns of the answer are named ${repeated}; rename one with AS`, {
      details: { column: repeated },
    })
  }
  return columns.map(({ name, type }, index) => ({
    alias: name,
    sql: `c${index}`,
    column: computedColumn(name, valueTypeOf(type ?? '', false)),
  }))
}

/** The statement within one that makes the driver give every text as it is; see exactDialect. */
const exactStatement = (text: string, outputs: readonly Output<SqliteColumn>[]): RowsStatement<SqliteColumn> => {
  const names = outputs.map(({ sql }) => sql)
  const list = outputs.map(({ sql, column }) => exactDialect.selectTerm!(sql, column)).join(', ')
  const terms = list + exactDialect.selectExtra!(outputs)
  // A name with a blank, so that it hides no table.
  const whole = `WITH "client query"(${names.join(', ')}) AS (\n${text}\n) SELECT ${terms} FROM "client query"`
  return { text: whole, parameters: [], outputs, lastKey: [] }
}

const queryError = (database: Database, failure: SqliteFailure): unknown => {
  const known = knownError(database, failure)
  if (known === undefined) return pluginErrorOf(failure)
  const log = `SQLite error ${failure.code ?? 'without a code'}: ${failure.message}`
  return new PluginError(known.reason, known.message, { details: { ...known.details, log }, cause: failure })
}

const knownError = (database: Database, { code = 1, message }: SqliteFailure): PluginError | undefined => {
  if (code === 23 || message.startsWith('not authorized'))
    return new PluginError('permission', 'the query does more than read, or reads what it may not')
  return code === 1 ? statementError(database, message) : undefined
}

// What SQLite says in words. The parts that are passed on stand in the client's own statement.
const statementError = (database: Database, message: string): PluginError => {
  const [, problem, name = ''] = notFound.exec(message) ?? []
  if (problem === 'no such table') return unknownName('table', name, tableNames(database))
  if (problem === 'no such column') return unknownName('column', name, [], { problem: `there is no column ${name}` })
  if (problem === 'no such function') return unknownName('function', name, [])
  if (problem === 'ambiguous column name') {
    const text = `several tables have a column ${name}; say which`
    return new PluginError('bad_value', text, { details: { column: name } })
  }
  const near = /^near "(.*)": syntax error$/s.exec(message)?.[1]
  if (near !== undefined)
    return new PluginError('bad_value', `the statement is not understood near ${JSON.stringify(near)}`)
  return new PluginError('bad_value', 'the statement is not valid, or fails on a value; the log has the details')
}

const notFound = /^(no such \w+|ambiguous column name): (?:main\.)?"?(.*?)"?(?: - should this be .*)?$/s

const tableNames = (database: Database): string[] =>
  database
    .all({ text: `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')`, parameters: [] })
    .map(([name]) => String(name))

const largestReply = 64 * 1024 * 1024 - 64 * 1024

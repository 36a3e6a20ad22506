import type { Call, RowsAnswer } from '@easyrest/plugin'
import { PluginError, type QueryRequest } from '@easyrest/protocol'
import { computedColumn } from './catalog/postgres-table.js'
import { valueKindOf } from './catalog/value-kind.js'
import type { Database } from './database.js'
import { logText } from './postgres-errors.js'
import { PostgresFailure } from './postgres-failure.js'
import type { Step } from './server-connection.js'
import { jsonRowsText } from './sql/json-rows-statement.js'
import { quoteIdentifier } from './sql/postgres-dialect.js'
import { largestReply } from './tables/table-get.js'
import { RowCollector } from './values/row-collector.js'
import { takeText } from './wire/backend-messages.js'

/**
 * A client's statement. It stands as a subquery, where only what answers rows can stand, in a transaction that the
 * server keeps from writing; what it may read is decided by the rights of the role. Three locks, so that one may fail.
 */
export const query = (database: Database, request: QueryRequest, call?: Call): Promise<RowsAnswer> =>
  database.perform(async () => {
    const text = checkedStatement(request.statement)
    const rows = new RowCollector(request.maxReplyBytes || largestReply)
    const scope = { context: request.context, call, renewsSession: true }
    try {
      await database.transactions.readAndForget(scope, rounds(database, request, text, rows))
    } catch (error) {
      throw error instanceof PostgresFailure && error.statement.includes(text) ? queryError(error) : error
    }
    return { rows: rows.rows(), rowCount: rows.rowCount }
  })

/** The names of the columns, their types, and the rows in canonical form. */
const rounds = ({ uri }: Database, { context, maxRows }: QueryRequest, text: string, rows: RowCollector) => {
  const named = `(\n${text}\n) AS "the query"`
  let names: readonly string[] = []
  let types: readonly (string | null)[] = []
  const onColumns = (found: readonly string[]) => {
    checkNames(found)
    names = found
  }
  const onTypes = takeText((row) => {
    types = row
  })
  return [
    (): Step[] => [
      ...(uri.allowSuperuserQuery ? [] : [{ text: isSuperuser, onRow: takeText(refuseSuperuser) }]),
      { text: `SELECT * FROM ${named} LIMIT 0`, once: true, onColumns },
    ],
    (): Step[] => (names.length === 0 ? [] : [{ text: typesOf(named, names), once: true, onRow: onTypes }]),
    (): Step[] => [
      { text: whole(text, names, types, context), once: true, onRow: limited(rows, maxRows) },
      { text: readsOwnTable, onRow: refuseOwnTable },
    ],
  ]
}

const typesOf = (named: string, names: readonly string[]): string => {
  return `SELECT ${names.map(builtInType).join(', ')} FROM (SELECT) AS "one" LEFT JOIN (SELECT * FROM ${named} LIMIT 0) AS "none" ON true`
}

/** The name of a column's type with domains taken off; NULL for one that PostgreSQL does not bring along. */
const builtInType = (name: string): string => `(
  WITH RECURSIVE types (oid) AS (
    SELECT pg_catalog.pg_typeof("none".${quoteIdentifier(name)})::oid
    UNION ALL
    SELECT t.typbasetype FROM types s JOIN pg_catalog.pg_type t ON t.oid = s.oid WHERE t.typtype = 'd')
  SELECT t.typname::text FROM types s JOIN pg_catalog.pg_type t ON t.oid = s.oid
  WHERE t.typtype <> 'd' AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace)`

// The list of all columns also keeps the statement from being closed and gone on with.
const whole = (
  text: string,
  names: readonly string[],
  types: readonly (string | null)[],
  context: QueryRequest['context'],
): string => {
  if (names.length === 0) return `SELECT '{}'::json FROM (\n${text}\n) AS "the query"`
  const outputs = names.map((alias, index) => {
    const base = types[index] ?? ''
    const column = computedColumn(alias, valueKindOf({ base, builtIn: base !== '' }), base)
    return { alias, sql: quoteIdentifier(alias), column }
  })
  return jsonRowsText({ text: `\n${text}\n`, parameters: [], outputs, lastKey: [] }, 'select', context)
}

// A query can take every role that the login is a member of, and what it then runs by a function has their rights.
const isSuperuser = `
SELECT pg_catalog.bool_or(rolsuper)::text FROM pg_catalog.pg_roles
WHERE rolname = current_user OR pg_catalog.pg_has_role(session_user, oid, 'MEMBER')`

// Whatever was read in the transaction is locked until its end, through views and functions too.
const readsOwnTable = `
SELECT 1 FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
WHERE l.pid = pg_catalog.pg_backend_pid() AND c.relname = 'easyrest_cache'`

const refuseOwnTable = (): void => {
  throw new PluginError('permission', 'the query reads a table that the plugin keeps for itself')
}

const refuseSuperuser = ([answer]: readonly (string | null)[]): void => {
  if (answer !== 'true') return
  throw new PluginError('permission', 'queries are not open on this connection', {
    details: {
      log: 'the role of the connection is a superuser or a member of one, who can do anything in a query; use another role, or allow_superuser_query=true',
    },
  })
}

/** The statement without what ends it. That it is one, and only reads, the server decides; this gives the better answers. */
const checkedStatement = (statement: string): string => {
  if (statement.length > longest) {
    throw new PluginError('too_large', `expected a statement of at most ${longest} characters, got ${statement.length}`)
  }
  if (/\0|\p{Surrogate}/u.test(statement)) {
    throw new PluginError('bad_value', 'the statement holds U+0000 or half of a surrogate pair')
  }
  const text = statement.replace(/(?<![\s;])[\s;]+$/, '')
  const word = /^[a-z]+/i.exec(text.replace(leadingComments, ''))?.[0].toLowerCase()
  if (word !== undefined && readingWords.includes(word)) return text
  if (word === undefined || text.includes(';')) throw new PluginError('bad_value', oneStatement)
  throw new PluginError('permission', `the query does more than read: ${oneStatement}`)
}

const oneStatement = 'expected one statement that begins with SELECT, VALUES, TABLE or WITH'
const readingWords = ['select', 'values', 'table', 'with']
const leadingComments = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*/

const checkNames = (names: readonly string[]): void => {
  const repeated = names.find((name, index) => names.indexOf(name) < index)
  if (repeated === undefined) return
  throw new PluginError('bad_value', `two columns of the answer are named ${repeated}; rename one with AS`, {
    details: { column: repeated },
  })
}

const limited =
  (rows: RowCollector, maxRows: number): Step['onRow'] =>
  (bytes, start) => {
    if (rows.rowCount === maxRows && maxRows > 0) {
      throw new PluginError('too_large', `the answer has more than ${maxRows} rows; add a LIMIT to the statement`)
    }
    rows.add(bytes, start)
  }

const queryError = (failure: PostgresFailure): unknown => {
  const { code } = failure
  const problem = (reason: string, message: string) =>
    new PluginError(reason, message, { details: { log: logText(failure.fields) }, cause: failure })
  if (code === '42601') return problem('bad_value', oneStatement)
  if (code === '08P01') return problem('bad_value', 'a query has no parameters; write the value in the place of $1')
  if (code === '42P01') return problem('unknown_table', `there is no table ${quotedName(failure)}`)
  if (code === '42703') return problem('unknown_column', `there is no column ${quotedName(failure)}`)
  if (code.startsWith('25') || code === '42501' || code === '0A000') {
    return problem('permission', 'the query does more than read, or reads what it may not')
  }
  if (code.startsWith('42') || code.startsWith('22')) {
    return problem('bad_value', 'the statement is not valid, or fails on a value; the log has the details')
  }
  return failure
}

// The first name in the server's words stands in the client's own statement.
const quotedName = ({ fields }: PostgresFailure): string =>
  /"([^"]{1,130})"/.exec(fields.message)?.[1] ?? 'of that name'

const longest = 100_000

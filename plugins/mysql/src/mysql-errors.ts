import { type ErrorReason, JsonScanError, PluginError } from '@easyrest/protocol'
import { lengthLimitedColumn } from './column-sql.js'
import { MysqlFailure } from './mysql-failure.js'

/** The failure as the contract names it. What the server says goes to the host's log, never to the client. */
export const pluginErrorOf = (error: unknown): unknown => {
  if (error instanceof JsonScanError)
    return new PluginError('bad_value', `the rows are not the JSON they should be: ${error.message}`)
  if (!(error instanceof MysqlFailure)) return error
  const { reason, message, details, retryAfterMs } = describe(error)
  return new PluginError(reason, message, {
    details: { ...details, log: `${error.code} ${error.errno}: ${error.message}` },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  })
}

/** The name of the key that a duplicate was found in; undefined for any other failure. */
export const duplicateKey = (error: unknown): string | undefined =>
  error instanceof MysqlFailure && duplicates.includes(error.errno) ? keyName(error.message) : undefined

/** The transaction is undone as a whole, and may succeed when it is tried again. */
export const isDeadlock = (error: unknown): boolean => error instanceof MysqlFailure && error.errno === 1213

interface Description {
  readonly reason: ErrorReason | 'internal'
  readonly message: string
  readonly details?: Readonly<Record<string, string>>
  readonly retryAfterMs?: number
}

const describe = ({ errno, message, isLost, isRaised }: MysqlFailure): Description => {
  if (isLost)
    return { reason: 'unavailable', message: 'the connection to the database was lost; try again', retryAfterMs: 1000 }
  if (isRaised) return raised()
  return (byNumber.get(errno) ?? unknown)(message)
}

const duplicates = [1062, 1586, 1761, 1762]

// Duplicate entry 'x' for key 'PRIMARY'; MySQL 8 puts the table in front. The entry may hold quotes too.
const keyName = (text: string): string => /for key '(?:[^']*\.)?([^'.]+)'$/.exec(text)?.[1] ?? 'unknown'

const unique = (text: string): Description => {
  const constraint = keyName(text)
  const what = constraint === 'PRIMARY' ? 'the primary key' : constraint
  return { reason: 'unique', message: `a row with the same ${what} exists already`, details: { constraint } }
}

const notNull = (text: string): Description => {
  const column = /^(?:Column|Field) '([^']+)'/.exec(text)?.[1]
  if (column === undefined) return { reason: 'not_null', message: 'a column must have a value' }
  return { reason: 'not_null', message: `${column} must have a value`, details: { column } }
}

// CONSTRAINT `name` failed for `database`.`table`; that of a column is named table.column. MySQL: Check constraint 'name' ...
const check = (text: string): Description => {
  const constraint = /^CONSTRAINT `(.+?)` failed/.exec(text)?.[1] ?? /^Check constraint '(.+?)'/.exec(text)?.[1]
  const limited = constraint && lengthLimitedColumn(constraint)
  if (limited !== undefined)
    return { reason: 'bad_value', message: `the text is too long for ${limited}`, details: { column: limited } }
  if (constraint === undefined) return { reason: 'check', message: 'the row does not meet a condition of the table' }
  return { reason: 'check', message: `the row does not meet the condition ${constraint}`, details: { constraint } }
}

const foreignKey = (text: string): Description => {
  const constraint = /CONSTRAINT `([^`]+)`/.exec(text)?.[1]
  const message = /delete or update a parent/i.test(text)
    ? 'other rows refer to the row'
    : 'the row refers to a row that does not exist'
  return { reason: 'foreign_key', message, ...(constraint !== undefined && { details: { constraint } }) }
}

const badValue = (text: string): Description => {
  const column =
    /column `(?:[^`]+`\.`)*([^`]+)` at row/.exec(text)?.[1] ?? /(?:column|Column) '([^']+)'/.exec(text)?.[1]
  if (column === undefined) return { reason: 'bad_value', message: 'a value does not fit the type of its column' }
  const name = column.slice(column.lastIndexOf('.') + 1)
  return { reason: 'bad_value', message: `the value does not fit in ${name}`, details: { column: name } }
}

const generated = (text: string): Description => {
  const column = /column '([^']+)'/.exec(text)?.[1] ?? 'a column'
  return { reason: 'bad_value', message: `${column} is computed; leave it out`, details: { column } }
}

const fixed = (reason: Description['reason'], message: string, retryAfterMs?: number) => (): Description => ({
  reason,
  message,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

const raised = fixed('check', 'the database refuses the change')
const unknown = fixed('internal', 'the database refused the statement; the log has the details')
const denied = fixed('permission', 'the account of the connection may not do that')
const viewOnly = fixed('permission', 'the view can only be read, or not in this way')
const readOnly = fixed('permission', 'the database can only be read')
const stopped = fixed('timeout', 'the statement was stopped')
const stopping = fixed('unavailable', 'the database is stopping; try again', 1000)
const full = fixed('unavailable', 'the database has no more room')
const crowded = fixed('unavailable', 'the database takes no more connections; try again', 1000)

/** https://mariadb.com/kb/en/mariadb-error-code-reference/ and the same numbers in MySQL. */
const byNumber = new Map<number, (text: string) => Description>([
  ...duplicates.map((errno) => [errno, unique] as const),
  ...[1048, 1364, 1263, 1566].map((errno) => [errno, notNull] as const),
  ...[1451, 1452, 1216, 1217, 1761, 1762].map((errno) => [errno, foreignKey] as const),
  ...[4025, 3819].map((errno) => [errno, check] as const),
  ...[1264, 1265, 1292, 1366, 1367, 1406, 1411, 1525, 1265, 1690, 1267, 1270, 1271, 1300, 3140].map(
    (errno) => [errno, badValue] as const,
  ),
  ...[1906, 3105].map((errno) => [errno, generated] as const),
  ...[1044, 1142, 1143, 1227, 1345, 1370, 1410].map((errno) => [errno, denied] as const),
  ...[1288, 1348, 1369, 1393, 1394, 1395, 1423, 1471].map((errno) => [errno, viewOnly] as const),
  ...[1036, 1290, 1792, 1836].map((errno) => [errno, readOnly] as const),
  ...[1317, 1969, 3024].map((errno) => [errno, stopped] as const),
  ...[1053, 1927, 1077, 1079].map((errno) => [errno, stopping] as const),
  ...[1021, 1041, 1114, 3, 28].map((errno) => [errno, full] as const),
  ...[1040, 1203, 1226].map((errno) => [errno, crowded] as const),
  [1205, fixed('conflict', 'another write holds the rows; try again')],
  [1213, fixed('conflict', 'another write changes the same rows; try again')],
  [1020, fixed('conflict', 'the row has changed since it was read; try again')],
  [1365, fixed('bad_value', 'a division by zero')],
  [1644, raised],
  [1153, fixed('too_large', 'the request is larger than the max_allowed_packet of the database')],
  [1390, fixed('too_large', 'the request holds too many values for one statement; split it')],
  [1461, fixed('unavailable', 'the database holds no more prepared statements; raise max_prepared_stmt_count', 1000)],
])

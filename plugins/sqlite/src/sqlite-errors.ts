import { type ErrorReason, JsonScanError, PluginError } from '@easyrest/protocol'
import { lengthLimitedColumn } from './column-sql.js'
import { SqliteFailure } from './sqlite-failure.js'

/** The failure as the contract names it. What SQLite says goes to the host's log, never to the client. */
export const pluginErrorOf = (error: unknown): unknown => {
  if (error instanceof JsonScanError)
    return new PluginError('bad_value', `the rows are not the JSON they should be: ${error.message}`)
  if (!(error instanceof SqliteFailure)) return error
  const { reason, message, details, retryAfterMs } = describe(error)
  return new PluginError(reason, message, {
    details: { ...details, log: `SQLite error ${error.code ?? 'without a code'}: ${error.message}` },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  })
}

interface Description {
  readonly reason: ErrorReason | 'internal'
  readonly message: string
  readonly details?: Readonly<Record<string, string>>
  readonly retryAfterMs?: number
}

const describe = (failure: SqliteFailure): Description => {
  const exact = failure.code === undefined ? undefined : byCode.get(failure.code)
  const primary = failure.code === undefined ? undefined : byCode.get(failure.code & 0xff)
  return (exact ?? primary ?? describeText)(failure.message)
}

const unique = (text: string): Description => {
  const names = failedColumns(text)
  const index = /index '([^']+)'/.exec(text)?.[1]
  if (index !== undefined) {
    return { reason: 'unique', message: `the value is not unique for ${index}`, details: { constraint: index } }
  }
  const message = `a row with the same ${names.columns.join(', ') || 'key'} exists already`
  return { reason: 'unique', message, details: names.details }
}

const notNull = (text: string): Description => {
  const names = failedColumns(text)
  return {
    reason: 'not_null',
    message: `${names.columns.join(', ') || 'a column'} must have a value`,
    details: names.details,
  }
}

// An unnamed constraint is reported by its SQL, which is not for the client.
const check = (text: string): Description => {
  const constraint = /^CHECK constraint failed: ([A-Za-z_][A-Za-z0-9_]{0,80})$/.exec(text)?.[1]
  if (constraint === undefined) return { reason: 'check', message: 'the row does not meet a condition of the table' }
  const column = lengthLimitedColumn(constraint)
  if (column !== undefined)
    return { reason: 'bad_value', message: `the text is too long for ${column}`, details: { column } }
  return { reason: 'check', message: `the row does not meet the condition ${constraint}`, details: { constraint } }
}

const mismatch = (text: string): Description => {
  const column = / column [^. ]+\.(\S+)$/.exec(text)?.[1]
  if (column === undefined) return { reason: 'bad_value', message: 'a value does not fit the type of its column' }
  return { reason: 'bad_value', message: `the value does not fit the type of ${column}`, details: { column } }
}

// UNIQUE constraint failed: users.first, users.last
const failedColumns = (text: string) => {
  const names = text
    .slice(text.indexOf(':') + 1)
    .split(',')
    .map((name) => name.trim())
  const columns = names.filter((name) => name.includes('.')).map((name) => name.slice(name.indexOf('.') + 1))
  const table = names[0]?.includes('.') ? names[0].slice(0, names[0].indexOf('.')) : undefined
  const details = { ...(columns.length > 0 && { column: columns.join(', ') }), ...(table !== undefined && { table }) }
  return { columns, details }
}

const fixed = (reason: ErrorReason, message: string, retryAfterMs?: number) => (): Description => ({
  reason,
  message,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

const busy = fixed('unavailable', 'the database is busy with another write; try again', 100)
const damaged = fixed('unavailable', 'the database file cannot be used; the log has the details')

/** Of code 1 SQLite tells the cause only in words. */
const describeText = (text: string): Description => {
  if (text.includes('because it is a view')) return { reason: 'permission', message: 'the view can only be read' }
  if (text.includes('may not be modified')) return { reason: 'permission', message: 'the table can only be read' }
  if (text.startsWith('integer overflow'))
    return { reason: 'bad_value', message: 'the sum does not fit in 64 bits; cast it to double' }
  if (text.startsWith('ON CONFLICT clause does not match')) {
    return {
      reason: 'bad_value',
      message: 'the conflict columns are not a unique key of the table; name one, or none for the primary key',
    }
  }
  // SQLite's words for views and for virtual tables, on neither of which it has ON CONFLICT.
  if (/^cannot UPSERT a view|^UPSERT not .* for virtual table/.test(text))
    return {
      reason: 'unsupported',
      message: 'views and virtual tables take no conflict; leave it out',
    }
  if (text.includes('pattern too complex')) return { reason: 'bad_value', message: 'the pattern is too long' }
  if (text.startsWith('too many SQL variables'))
    return { reason: 'too_large', message: 'the request holds too many values for one statement; split it' }
  if (text.startsWith('Expression tree is too large'))
    return { reason: 'too_large', message: 'the condition is nested too deeply' }
  if (/^there is already |already exists$|^object name reserved/.test(text))
    return { reason: 'bad_value', message: 'something else in the database has that name; choose another' }
  if (text.startsWith('virtual tables may not'))
    return { reason: 'unsupported', message: 'the table is virtual; its columns cannot be changed' }
  if (text.startsWith('UNIQUE constraint failed')) return unique(text)
  if (text.startsWith('NOT NULL constraint failed')) return notNull(text)
  if (text.startsWith('CHECK constraint failed')) return check(text)
  if (text.startsWith('FOREIGN KEY constraint failed')) return foreignKey()
  if (text.startsWith('database is locked')) return busy()
  return { reason: 'internal', message: 'the database refused the statement; the log has the details' }
}

const foreignKey = fixed('foreign_key', 'the row refers to a row that does not exist, or is referred to by another')

/** By extended code, else by its low byte (sqlite.org/rescode.html). */
const byCode = new Map<number, (text: string) => Description>([
  [2067, unique], // SQLITE_CONSTRAINT_UNIQUE
  [1555, unique], // SQLITE_CONSTRAINT_PRIMARYKEY
  [2579, unique], // SQLITE_CONSTRAINT_ROWID
  [787, foreignKey], // SQLITE_CONSTRAINT_FOREIGNKEY
  [1299, notNull], // SQLITE_CONSTRAINT_NOTNULL
  [275, check], // SQLITE_CONSTRAINT_CHECK
  [1811, fixed('check', 'a trigger of the table refuses the change')], // SQLITE_CONSTRAINT_TRIGGER
  [3091, mismatch], // SQLITE_CONSTRAINT_DATATYPE
  [5, busy],
  [6, busy],
  [8, fixed('permission', 'the database can only be read')], // READONLY
  [9, fixed('timeout', 'the statement was stopped')], // INTERRUPT
  [10, damaged], // IOERR
  [11, damaged], // CORRUPT
  [13, fixed('unavailable', 'the disk is full')],
  [14, damaged], // CANTOPEN
  [18, fixed('too_large', 'a value is larger than SQLite can hold')], // TOOBIG
  [20, mismatch],
  [23, fixed('permission', 'the statement is not allowed')], // AUTH
  [26, damaged], // NOTADB
])

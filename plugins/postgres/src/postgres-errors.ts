import { type ErrorReason, PluginError } from '@easyrest/protocol'
import { setAll } from './context/session-settings.js'
import { ConnectionLost, PostgresFailure } from './postgres-failure.js'
import type { ErrorFields } from './wire/backend-messages.js'

/** The failure as the contract names it. What PostgreSQL says goes to the host's log, never to the client. */
export const pluginErrorOf = (error: unknown): unknown => {
  if (error instanceof ConnectionLost) return lost(error)
  if (!(error instanceof PostgresFailure)) return error
  const { reason, message, details, retryAfterMs } = describe(error)
  return new PluginError(reason, message, {
    details: { ...details, log: logText(error.fields) },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  })
}

/** What the host's log gets. */
export const logText = ({ severity, code, message, detail, hint }: ErrorFields): string =>
  [`PostgreSQL ${severity} ${code}: ${message}`, detail, hint].filter((text) => text !== undefined).join('; ')

const lost = (cause: ConnectionLost): PluginError =>
  new PluginError('unavailable', 'the connection to the database was lost; try again', {
    details: { log: cause.message },
    retryAfterMs: 500,
    cause,
  })

interface Description {
  readonly reason: ErrorReason | 'internal'
  readonly message: string
  readonly details?: Readonly<Record<string, string>>
  readonly retryAfterMs?: number
}

const describe = (failure: PostgresFailure): Description => {
  if (failure.statement === setAll) return describeSettings(failure)
  const known = byCode.get(failure.code) ?? byClass.get(failure.code.slice(0, 2))
  return known?.(failure.fields) ?? (isOwnCode(failure.code) ? internal : refused())
}

// What is of none of PostgreSQL's classes was raised by a function or trigger, like 'PT404' or '45000'.
const isOwnCode = (code: string): boolean => ownClasses.includes(code.slice(0, 2))

const ownClasses: readonly string[] = [
  ...['00', '01', '02', '03', '08', '09', '0A', '0B', '0F', '0L', '0P', '0Z', '20', '21', '22', '23', '24', '25'],
  ...['26', '27', '28', '2B', '2D', '2F', '34', '38', '39', '3B', '3D', '3F', '40', '42', '44'],
  ...['53', '54', '55', '57', '58', '72', 'F0', 'HV', 'P0', 'XX'],
]

const describeSettings = ({ code, fields }: PostgresFailure): Description => {
  if (/"TimeZone"/.test(fields.message)) {
    return { reason: 'bad_value', message: 'the database does not know the timezone of the request' }
  }
  if (code === '22023' || code === '42501') {
    return { reason: 'permission', message: 'the role of the request may not be taken here' }
  }
  return byClass.get(code.slice(0, 2))?.(fields) ?? internal
}

const internal: Description = {
  reason: 'internal',
  message: 'the database refused the statement; the log has the details',
}

const fixed = (reason: ErrorReason, message: string, retryAfterMs?: number) => (): Description => ({
  reason,
  message,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

const named =
  (reason: ErrorReason, withName: (constraint: string) => string, without: string) =>
  ({ constraint, table }: ErrorFields): Description => ({
    reason,
    message: constraint === undefined ? without : withName(constraint),
    details: { ...(constraint !== undefined && { constraint }), ...(table !== undefined && { table }) },
  })

const refused = fixed('check', 'a function or trigger of the database refuses the request')

const notNull = ({ column, table, dataType }: ErrorFields): Description => ({
  reason: 'not_null',
  message: `${column ?? dataType ?? 'a column'} must have a value`,
  details: { ...(column !== undefined && { column }), ...(table !== undefined && { table }) },
})

const byCode: ReadonlyMap<string, (fields: ErrorFields) => Description> = new Map([
  [
    '23505',
    named('unique', (name) => `a row with the same values for ${name} exists already`, 'the row exists already'),
  ],
  [
    '23503',
    named(
      'foreign_key',
      (name) => `the row refers to one that does not exist, or is referred to by another (${name})`,
      'the row refers to a row that does not exist, or is referred to by another',
    ),
  ],
  ['23502', notNull],
  [
    '23514',
    named(
      'check',
      (name) => `the row does not meet the condition ${name}`,
      'the row does not meet a condition of the table',
    ),
  ],
  [
    '23P01',
    named(
      'exclusion',
      (name) => `the row is in conflict with another by ${name}`,
      'the row is in conflict with another',
    ),
  ],
  ['44000', fixed('check', 'the row would not be visible through the view')],
  ['21000', fixed('bad_value', 'the rows hold the same key twice, and one of them would overwrite the other')],
  ['25006', fixed('permission', 'the transaction can only read')],
  ['28000', fixed('permission', 'the role may not be used')],
  ['40001', fixed('conflict', 'another transaction changed the same rows; try again', 50)],
  ['40P01', fixed('conflict', 'another transaction waited for the same rows; try again', 50)],
  ['55P03', fixed('conflict', 'another transaction holds the rows; try again', 50)],
  ['55000', fixed('permission', 'the view or column can only be read')],
  ['2D000', fixed('bad_value', 'the procedure ends its transaction, which a request may not; COMMIT is left to it')],
  ['42501', fixed('permission', 'the role of the database may not do this')],
  ['42809', fixed('permission', 'the view can only be read')],
  ['42804', fixed('bad_value', 'a value or condition does not fit the type of its column')],
  ['42846', fixed('bad_value', 'the database cannot cast the column to the type that was asked for')],
  ['42883', fixed('bad_value', 'the type of a column does not know this comparison, order or aggregate')],
  ['42725', fixed('bad_value', 'the condition is not clear for the type of its column')],
  ['42P10', fixed('bad_value', 'the conflict or the order names columns that cannot be used for it')],
  ['42P18', fixed('bad_value', 'the type of a value cannot be found out')],
  ['42803', fixed('bad_value', 'a column stands beside aggregates and is not grouped by')],
  ['428C9', fixed('bad_value', 'a column that the database computes cannot be written')],
  ['42703', fixed('unknown_column', 'a column is not there any more')],
  ['42P01', fixed('unknown_table', 'a table is not there any more')],
  ['0A000', fixed('unsupported', 'the database cannot do this with the table or view')],
  ['54000', fixed('too_large', 'the request is too large for one statement')],
  ['54001', fixed('too_large', 'the condition is nested too deeply')],
  ['57014', fixed('timeout', 'the statement was stopped: it took too long')],
  ['57P01', fixed('unavailable', 'the database is stopping; try again', 1000)],
])

/** By the first two characters of SQLSTATE. */
const byClass: ReadonlyMap<string, (fields: ErrorFields) => Description> = new Map([
  ['08', fixed('unavailable', 'the connection to the database has a problem; try again', 500)],
  ['22', fixed('bad_value', 'a value does not fit the type of its column')],
  ['23', fixed('check', 'the row does not meet a condition of the table')],
  ['53', fixed('unavailable', 'the database has run out of memory, disk or connections; try again', 1000)],
  ['54', fixed('too_large', 'the request is too large for one statement')],
  ['57', fixed('unavailable', 'the database was interrupted; try again', 500)],
  ['P0', refused],
])

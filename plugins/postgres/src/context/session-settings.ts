import { PluginError, type RequestContext } from '@easyrest/protocol'
import type { PostgresUri } from '../connect/postgres-uri.js'
import type { Step } from '../server-connection.js'
import { cleanJson, cleanText } from './clean-text.js'
import { flattenContext } from './flatten-context.js'
import { postgresTimezone } from './postgres-timezone.js'

/** What of the connection URI counts for each transaction. */
export type SettingsSource = Pick<PostgresUri, 'searchPath' | 'roleClaim' | 'anonRole' | 'statementTimeoutMs'>

/**
 * The one statement in front of the others of a transaction: everything the database may know of the request, for this
 * transaction only. Names and values are data in one parameter.
 *
 * @param remainingMs until the end of the call; Infinity: it has none
 */
export const settingsStep = (
  source: SettingsSource,
  context: RequestContext | undefined,
  readOnly: boolean,
  remainingMs: number,
): Step => {
  const settings: Setting[] = [
    ['search_path', source.searchPath.map((name) => `"${name}"`).join(', ')],
    ['timezone', postgresTimezone(context?.timezone || 'UTC')],
    // Compiling takes seconds where the planner misjudges a statement, and a request rarely lasts that long.
    ['jit', 'off'],
    ['statement_timeout', String(statementTimeout(source, remainingMs))],
  ]
  if (readOnly) settings.push(['transaction_read_only', 'on'])
  return { text: setAll, parameters: [`{${settings.map(printSetting).join(',')}${requestSettings(source, context)}}`] }
}

type Setting = readonly [name: string, value: string]

/** The text of that statement. A time limit that the database gives the role is kept where it is the shorter one. */
export const setAll = `
SELECT pg_catalog.count(pg_catalog.set_config(key, CASE
  WHEN key = 'statement_timeout' AND pg_catalog.current_setting(key) <> '0' THEN pg_catalog.to_char(least(
    nullif(value, '0')::float8, pg_catalog.date_part('epoch', pg_catalog.current_setting(key)::interval) * 1000), 'FM9999999999')
  ELSE value END, true)) FROM pg_catalog.json_each_text($1::json)`

// json_each_text keeps the order of the members.
const printSetting = ([name, value]: Setting): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`

// A bit later than the end of the call, which cancels it anyway; for the case that nobody can.
const statementTimeout = ({ statementTimeoutMs }: SettingsSource, remainingMs: number): number => {
  const left = Number.isFinite(remainingMs) ? Math.min(Math.ceil(remainingMs) + 1000, longestTimeout) : 0
  if (statementTimeoutMs === 0) return left
  return left === 0 ? statementTimeoutMs : Math.min(left, statementTimeoutMs)
}

const longestTimeout = 2_147_483_647

const requestSettings = (source: SettingsSource, context: RequestContext | undefined): string => {
  const ctx = context === undefined ? {} : parseContext(context.ctx)
  let printed = ''
  for (const [name, value] of flattenContext(ctx)) printed += printForRequest(name, JSON.stringify(value))
  if (context?.userId) printed += `,${printSetting(['erctx.user_id', cleanText(context.userId)])}`
  // Last, because the role may do less than the login.
  const role = roleOf(source, ctx)
  return role === undefined ? printed : `${printed},${printSetting(['role', role])}`
}

/** Under both prefixes. Names are identifiers. */
const printForRequest = (name: string, json: string): string => `,"request.${name}":${json},"erctx.${name}":${json}`

const parseContext = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  if (bytes.length === 0) return {}
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const ctx: unknown = JSON.parse(cleanJson(text))
  if (typeof ctx === 'object' && ctx !== null && !Array.isArray(ctx)) return ctx as Record<string, unknown>
  throw new PluginError('bad_value', 'expected ctx to be a JSON object')
}

const roleOf = (
  { roleClaim, anonRole }: SettingsSource,
  { claims }: Readonly<Record<string, unknown>>,
): string | undefined => {
  if (roleClaim === undefined) return undefined
  const claimed: unknown =
    typeof claims === 'object' && claims !== null ? new Map(Object.entries(claims)).get(roleClaim) : ''
  if (claimed === undefined || claimed === null || claimed === '') return anonRole
  // To PostgreSQL `none` is the login itself, which may do more than any role that it lends.
  if (typeof claimed === 'string' && claimed !== 'none') return claimed
  throw new PluginError('permission', 'the role of the request may not be taken here')
}

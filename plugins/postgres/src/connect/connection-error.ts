import { PluginError } from '@easyrest/protocol'
import type { PostgresUri } from './postgres-uri.js'

/** Whether no other server would answer differently: the login or the database is wrong. */
export const isFinal = (error: unknown): boolean => finalCodes.has(codeOf(error) ?? '')

const finalCodes = new Set(['28P01', '3D000'])

/** What went wrong, for the client without a word of the driver, for the log with what to change. */
export const connectionError = (uri: PostgresUri, failures: readonly unknown[]): PluginError => {
  const last = failures.at(-1)
  const hint = hintFor(last, uri)
  const log = [...failures.map(textOf), hint].filter((text) => text !== undefined).join('; ')
  return new PluginError('unavailable', 'the database cannot be reached; the log says why', {
    details: { log: withoutPassword(log, uri) },
    retryAfterMs: 1000,
  })
}

const hintFor = (error: unknown, uri: PostgresUri): string | undefined => {
  const code = codeOf(error)
  const text = textOf(error)
  if (code === '28P01') return `check user and password of the connection URI (the user is ${uri.user ?? 'not given'})`
  if (code === '28000') return 'the server does not let this user in from here; see pg_hba.conf'
  if (code === '3D000') return `there is no database ${uri.database ?? uri.user}; check the path of the connection URI`
  if (code === '53300') return 'the server has no connection left; lower maxOpenConns or raise max_connections'
  if (code === '57P03') return 'the server is starting or stopping'
  if (/does not support SSL/.test(text)) return 'the server has no TLS; turn it on there, or use sslmode=disable'
  if (/certificate|self.signed|altnames|CERT_|SSL|TLS/i.test(`${code} ${text}`)) {
    return 'the TLS certificate does not hold; check sslmode, sslrootcert and the host name'
  }
  if (/password must be a string/.test(text)) return 'the server wants a password, and the connection URI has none'
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'nothing listens at its address; check host and port'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name of its host is not known'
  if (/timeout/.test(text)) return 'it did not answer within connect_timeout'
  if (/ is not /.test(text)) return 'no server is what target_session_attrs wants'
  return undefined
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const withoutPassword = (text: string, { password }: PostgresUri): string =>
  password ? text.replaceAll(password, '***') : text

import { PluginError } from '@easyrest/protocol'
import { type MysqlFailure, toFailure } from './mysql-failure.js'
import type { MysqlHost } from './mysql-host.js'
import type { MysqlUri } from './mysql-uri.js'

/** Why a host could not be connected to, and what to change. It names no password and passes on no text of the server. */
export const connectionError = (uri: MysqlUri, host: MysqlHost, error: unknown): PluginError => {
  const failure = toFailure(error)
  const place = 'socketPath' in host ? host.socketPath : `${host.host}:${host.port}`
  return new PluginError('unavailable', adviceOn(uri, place, failure), {
    details: { log: `${failure.code} ${failure.errno || ''}: ${failure.message}` },
    retryAfterMs: 1000,
    cause: failure,
  })
}

const adviceOn = (
  { user, database, timeoutMs, tls }: MysqlUri,
  place: string,
  { errno, code }: MysqlFailure,
): string => {
  if (errno === 1045 || errno === 1698 || errno === 1862)
    return `${place} refuses the user ${user}: check user and password in the connection URI, and from which hosts the user may connect`
  if (errno === 1049)
    return `${place} has no database ${database}: create it, or correct its name in the connection URI`
  if (errno === 1044) return `the user ${user} may not use the database ${database} at ${place}: grant it rights there`
  if (errno === 1040 || errno === 1203 || errno === 1226)
    return `${place} takes no more connections: lower maxOpenConns, or raise max_connections there`
  if (errno === 1129 || errno === 1130) return `${place} does not let this machine connect: allow it there`
  if (code === 'ETIMEDOUT') return `${place} did not answer within ${timeoutMs} ms: check host, port and firewall`
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return `${place} offers no TLS, which the connection URI asks for: set it up there, or ssl-mode=DISABLED`
  if (tls !== 'disabled' && isTlsProblem(code))
    return `the certificate of ${place} is not accepted (${code}): name its CA with ssl-ca, or use ssl-mode=REQUIRED, which proves nothing`
  if (code === 'ECONNREFUSED' || code === 'ENOENT')
    return `nothing listens at ${place}: start the database, or correct the connection URI`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host of ${place} is not known: correct the connection URI`
  return `${place} cannot be connected to; the log has the details`
}

const isTlsProblem = (code: string): boolean => /CERT|SSL|TLS|SELF_SIGNED|ISSUER|UNABLE_TO_|HANDSHAKE/.test(code)

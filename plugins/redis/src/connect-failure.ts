import { PluginError } from '@easyrest/plugin'
import type { RedisUri } from './redis-uri.js'

/** Why there is no connection, and what to change, without what is secret in the URI. */
export const connectFailure = (thrown: unknown, uri: RedisUri): PluginError => {
  if (thrown instanceof PluginError) return thrown
  const { code = '', message } = thrown as NodeJS.ErrnoException
  const text = `${code} ${message}`.trim()
  const reason =
    reasons.find(([pattern]) => pattern.test(`${uri.tls ? 'TLS' : 'plain'} ${text}`))?.[1] ??
    'it cannot be used; the log has its answer'
  return new PluginError('unavailable', `no connection to Redis at ${placesOf(uri)}: ${reason}`, {
    details: { log: text },
  })
}

const placesOf = ({ hosts }: RedisUri): string =>
  hosts.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)).join(', ')

/** Of `TLS` or `plain` and the error. The first that fits counts: what a server answers before what became of the connection. */
const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /WRONGPASS|invalid password|called without any password/,
    'it refuses the user or password; correct them in the URI',
  ],
  [/NOAUTH/, 'it wants a password; redis://:password@host, or user:password; for sentinels also sentinel_password'],
  [/NOPERM/, 'its user lacks a right; ACL SETUSER <user> +get +set +del +info +select ~<key_prefix>easyrest:*'],
  [/DB index is out of range/, 'it has no database of that number; correct what is behind the / of the URI'],
  [/cluster support disabled/, 'it is no node of Redis Cluster; remove cluster=true'],
  [/MOVED/, 'it is a node of Redis Cluster; add cluster=true'],
  [/READONLY/, 'it is a replica, which cannot be written; name the master, or the sentinels with master_name'],
  [/MISCONF/, 'it refuses writes because it cannot save to its disk; its log says why'],
  [/LOADING/, 'it is still reading its data; try again later'],
  [/CLUSTERDOWN/, 'its cluster is down; CLUSTER INFO says why'],
  [/No such master|invalid reply: null/, 'the sentinels do not know that master_name; correct it'],
  [/ALTNAME/, 'its certificate is for other names; use one of them as host'],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, 'its certificate is not valid at this time'],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/,
    'this machine does not trust its certificate; name its authority in ca_file',
  ],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/i,
    'it wants a certificate from its clients; name it in cert_file and key_file',
  ],
  [/EPROTO|ERR_SSL|wrong version number/, 'it does not speak TLS; begin the URI with redis://'],
  [/ENOTFOUND|EAI_AGAIN/, 'its name is not known; correct the host, or the name service'],
  [/ECONNREFUSED/, 'nothing listens there; start it, or correct host and port'],
  [/^TLS .*(ETIMEDOUT|Socket timeout)/, 'it does not answer in TLS; if it speaks none, begin the URI with redis://'],
  [/ETIMEDOUT|Socket timeout|timed out/, 'it does not answer; see whether it hangs, and whether something is between'],
  // Why, the driver does not say of sentinels.
  [
    /^TLS .*Connection is closed/,
    'no TLS connection comes about; is it TLS that it speaks, and ca_file its authority?',
  ],
  [/ECONNRESET|EPIPE|Connection is closed/, 'it closes the connection; if it speaks TLS, begin the URI with rediss://'],
]

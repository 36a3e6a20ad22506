import type { Override } from './environment.js'
import { splitList } from './read-environment.js'

/** What the command line said, as text: the schema reads it like any other value. */
export interface Flags {
  readonly config?: string
  readonly port?: string
  readonly host?: string
  /** Where the admin listener listens. */
  readonly admin?: string
  readonly tokenSecret?: string
  readonly tokenUserSearch?: string
  readonly checkScope?: string
  readonly accessLog?: string
  readonly enablePluginLog?: string
  readonly timezone?: string
  readonly corsEnabled?: string
  readonly corsOrigins?: string
  readonly corsMethods?: string
  readonly corsHeaders?: string
  readonly corsMaxAge?: string
  readonly tlsCertFile?: string
  readonly tlsKeyFile?: string
  /** Replaces plugin_configs. */
  readonly plugin?: readonly string[]
  readonly authFlow?: string
  readonly tokenUrl?: string
}

/** The flags as values for keys of the configuration file. */
export function readFlags(flags: Flags): Override[] {
  return flagKeys.flatMap(([flag, key, label, read]) => {
    const value = flags[flag]
    return value === undefined ? [] : [{ key, label, value: read === undefined ? value : read(value as string) }]
  })
}

type FlagKey = readonly [flag: keyof Flags, key: string, label: string, read?: (value: string) => unknown]

const flagKeys: readonly FlagKey[] = [
  ['port', 'port', '--port'],
  ['host', 'host', '--host'],
  ['admin', 'admin.listen', '--admin'],
  ['tokenSecret', 'token_secret', '--token-secret'],
  ['tokenUserSearch', 'token_user_search', '--token-user-search'],
  ['checkScope', 'check_scope', '--check-scope'],
  ['accessLog', 'access_log', '--access-log'],
  ['enablePluginLog', 'plugin_log', '--enable-plugin-log'],
  ['timezone', 'default_timezone', '--timezone'],
  ['corsEnabled', 'cors.enabled', '--cors-enabled'],
  ['corsOrigins', 'cors.origins', '--cors-origins', splitList],
  ['corsMethods', 'cors.methods', '--cors-methods', splitList],
  ['corsHeaders', 'cors.headers', '--cors-headers', splitList],
  ['corsMaxAge', 'cors.max_age', '--cors-max-age'],
  ['tlsCertFile', 'tls_cert_file', '--tls-cert-file'],
  ['tlsKeyFile', 'tls_key_file', '--tls-key-file'],
  ['plugin', 'plugin_configs', '--plugin'],
  ['authFlow', 'auth_flow', '--auth-flow'],
  ['tokenUrl', 'token_url', '--token-url'],
]

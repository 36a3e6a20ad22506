import { stat } from 'node:fs/promises'
import type { AssembledConfig } from './assemble-config.js'
import type {
  AdminConfig,
  AuthConfig,
  Config,
  ConnectionConfig,
  KeyFileConfig,
  ServerConfig,
  TlsConfig,
} from './config.js'
import type { Problem } from './config-error.js'
import type { ParsedConfig } from './config-schema.js'
import { ignoredKeys } from './ignored-keys.js'
import { isLoopback } from './is-loopback.js'
import type { Path } from './origins.js'
import { resolveConnections } from './resolve-connections.js'
import { resolveKv } from './resolve-kv.js'
import { resolveLogin } from './resolve-login.js'
import { Resolving } from './resolving.js'
import type { Validated } from './validate-config.js'

export interface ResolvedConfig {
  readonly config: Config | undefined
  readonly problems: readonly Problem[]
  readonly warnings: readonly string[]
}

/** What depends on more than one key, or on files: references, paths, secrets, and the final form of the types. */
export async function resolveConfig(
  validated: Validated,
  raw: AssembledConfig,
  files: Set<string>,
): Promise<ResolvedConfig> {
  const { parsed } = validated
  if (parsed === undefined) return { config: undefined, problems: [], warnings: [] }
  const resolving = new Resolving(raw, validated.badPaths, files)
  const connections = resolveConnections(parsed, resolving)
  const config: Config = {
    http: { host: parsed.host, port: parsed.port, tls: await resolveTls(parsed, resolving) },
    admin: resolveAdmin(parsed, resolving),
    workers: parsed.workers,
    auth: await resolveAuth(parsed, resolving),
    accessLog: parsed.access_log,
    pluginLog: parsed.plugin_log,
    defaultTimezone: parsed.default_timezone,
    cors: resolveCors(parsed, resolving),
    context: { headers: parsed.context.headers?.map((name) => name.toLowerCase()) },
    server: resolveServer(parsed),
    pluginDirs: await resolvePluginDirs(parsed, resolving),
    connections,
    kv: resolveKv(parsed, connections, resolving),
  }
  warnAbout(config, parsed, resolving)
  return { config, problems: resolving.problems, warnings: resolving.warnings }
}

async function resolveTls(parsed: ParsedConfig, resolving: Resolving): Promise<TlsConfig | undefined> {
  const { tls_enabled: enabled, tls_cert_file: certFile, tls_key_file: keyFile } = parsed
  if (!enabled) {
    if (certFile !== undefined) resolving.warn(['tls_cert_file'], 'not used, because tls_enabled is false')
    return undefined
  }
  if (certFile !== undefined && keyFile !== undefined) {
    return {
      certFile: await resolving.file(['tls_cert_file'], certFile),
      keyFile: await resolving.file(['tls_key_file'], keyFile),
    }
  }
  const missing = certFile === undefined ? 'tls_cert_file' : 'tls_key_file'
  if (!resolving.isBad([missing])) resolving.complain(['tls_enabled'], `TLS also needs "${missing}"`)
  return undefined
}

function resolveAdmin({ admin }: ParsedConfig, resolving: Resolving): AdminConfig | undefined {
  if (admin === undefined) return undefined
  const { listen, allow_remote: allowRemote } = admin
  if ('host' in listen && !isLoopback(listen.host) && !allowRemote) {
    const message = `other machines can reach ${listen.host}, and this listener asks nobody for a token`
    resolving.complain(['admin', 'listen'], `${message}; expected 127.0.0.1, or admin.allow_remote: true`)
  }
  return { listen, allowRemote }
}

const settingsPath: Path = ['auth_plugins', 'jwt', 'settings']

async function resolveAuth(parsed: ParsedConfig, resolving: Resolving): Promise<AuthConfig> {
  const { settings } = parsed.auth_plugins.jwt
  const keys = await resolveKeys(settings.keys, resolving)
  const secret = resolveSecret(parsed, resolving)
  if (secret === undefined && keys.length === 0 && settings.jwks_url === undefined) requireKey(resolving)
  return {
    jwt: {
      secret,
      keys,
      jwksUrl: settings.jwks_url,
      audience: settings.audience,
      issuer: settings.issuer,
      leewayMs: settings.leeway,
      tokenType: settings.token_type,
      login: resolveLogin(parsed, (message) => resolving.complain(settingsPath, message)),
    },
    checkScope: parsed.check_scope,
    userClaim: parsed.token_user_search,
    anonClaims: parsed.anon_claims,
    tokenCacheTtlMs: parsed.token_cache_ttl,
  }
}

async function resolveKeys(
  keys: readonly { readonly kid?: string | undefined; readonly file: string }[],
  resolving: Resolving,
): Promise<KeyFileConfig[]> {
  const seen = new Set<string>()
  const result = []
  for (const [index, { kid, file }] of keys.entries()) {
    const path = [...settingsPath, 'keys', index]
    if (kid !== undefined && seen.has(kid)) resolving.complain([...path, 'kid'], `the kid "${kid}" is here twice`)
    if (kid !== undefined) seen.add(kid)
    if (!resolving.isBad(path)) result.push({ kid, file: await resolving.file([...path, 'file'], file) })
  }
  return result
}

function resolveSecret(parsed: ParsedConfig, resolving: Resolving): string | undefined {
  const { jwt_secret: jwtSecret } = parsed.auth_plugins.jwt.settings
  if (parsed.token_secret !== undefined && jwtSecret !== undefined && parsed.token_secret !== jwtSecret) {
    const other = 'auth_plugins.jwt.settings.jwt_secret'
    resolving.complain(['token_secret'], `differs from ${other}, which is the same key; remove one of the two`)
  }
  return parsed.token_secret ?? jwtSecret
}

function requireKey(resolving: Resolving): void {
  if (resolving.isBad(['token_secret']) || resolving.isBad(['auth_plugins'])) return
  const how = 'set ER_TOKEN_SECRET to the output of: openssl rand -base64 48'
  const others = 'or configure token_secret, or keys or jwks_url in auth_plugins.jwt.settings'
  resolving.complainAtKey([], `no key to verify access tokens with is configured; ${how} (${others})`)
}

function resolveCors({ cors }: ParsedConfig, resolving: Resolving): Config['cors'] {
  const { enabled, origins, methods, headers, max_age: maxAgeMs, credentials } = cors
  if (credentials && origins.includes('*')) {
    const message = 'every web page could act with the credentials of its visitors; name origins instead of "*"'
    resolving.complain(['cors', 'credentials'], message)
  }
  return { enabled, origins, methods, headers, maxAgeMs, credentials }
}

function resolveServer({ server }: ParsedConfig): ServerConfig {
  return {
    maxBodyBytes: server.max_body_size,
    maxUrlBytes: server.max_url_bytes,
    maxHeaderBytes: server.max_header_bytes,
    requestTimeoutMs: server.request_timeout,
    readTimeoutMs: server.read_timeout,
    readHeaderTimeoutMs: server.read_header_timeout,
    idleTimeoutMs: server.idle_timeout,
    drainTimeoutMs: server.drain_timeout,
    trustedProxy: {
      mode: server.trusted_proxy_mode,
      count: server.trusted_proxy_count,
      header: server.trusted_proxy_header.toLowerCase(),
    },
  }
}

/** A missing folder is a warning: it may be meant for plugins that are installed later. */
async function resolvePluginDirs(parsed: ParsedConfig, resolving: Resolving): Promise<string[]> {
  const result = []
  for (const [index, name] of parsed.plugin_dirs.entries()) {
    const folder = resolving.absolute(['plugin_dirs', index], name)
    const found = await stat(folder).catch(() => undefined)
    if (!found?.isDirectory()) resolving.warn(['plugin_dirs', index], `there is no folder ${JSON.stringify(name)}`)
    result.push(folder)
  }
  return result
}

function warnAbout(config: Config, parsed: ParsedConfig, resolving: Resolving): void {
  for (const [key, reason] of ignoredKeys) {
    if (resolving.has(key.split('.'))) resolving.warn(key.split('.'), `accepted, has no effect: ${reason}`)
  }
  for (const connection of config.connections.values()) warnAboutConnection(connection, resolving)
  warnAboutIssuer(config.auth, resolving)
  if (parsed.cors.enabled && parsed.cors.origins.length === 0) {
    resolving.warn(['cors', 'origins'], 'the list is empty, so no origin is allowed; name origins, or "*" for all')
  }
  if (config.connections.size === 0) resolving.warn(['plugins'], 'no connection is configured, so nothing is served')
}

/** An issuer signs tokens for many services with the same keys. */
function warnAboutIssuer({ jwt }: AuthConfig, resolving: Resolving): void {
  if (jwt.jwksUrl === undefined || jwt.audience.length > 0) return
  const message = 'tokens that this issuer made for other services are accepted too; set "audience"'
  resolving.warn([...settingsPath, 'jwks_url'], message)
}

function warnAboutConnection(connection: ConnectionConfig, resolving: Resolving): void {
  if (connection.useQuery && connection.enableCache) {
    const message = 'accepted, has no effect: answers to statements have no ETag'
    resolving.warn(['plugins', connection.name, 'enable_cache'], message)
  }
}

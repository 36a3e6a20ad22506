import type { Config, ConnectionConfig } from './config.js'

/** What a reload changed, one line each, for the log. Names keys; shows values only where they cannot be secrets. */
export function diffConfigs(previous: Config, next: Config): string[] {
  const keys = changedKeys(settings(previous), settings(next))
  return [
    ...diffConnections(previous.connections, next.connections),
    ...keys.map(({ name, values }) => `${name} changed${values}`),
  ]
}

/** The keys that differ from those the process was started with, and take effect at the next start only. */
export function restartNeeded(started: Config, current: Config): string[] {
  return changedKeys(settings(started), settings(current))
    .map(({ name }) => name)
    .filter((name) => boundAtStart.has(name))
}

const boundAtStart = new Set(['port', 'host', 'tls_enabled', 'admin', 'workers', 'server.max_header_bytes'])

type Connections = Config['connections']

function diffConnections(previous: Connections, next: Connections): string[] {
  return [
    ...[...next.values()]
      .filter(({ name }) => !previous.has(name.toLowerCase()))
      .map(({ name }) => `connection ${name} added`),
    ...[...previous.values()]
      .filter(({ name }) => !next.has(name.toLowerCase()))
      .map(({ name }) => `connection ${name} removed`),
    ...[...next].flatMap(([key, connection]) => diffConnection(previous.get(key), connection)),
  ]
}

function diffConnection(previous: ConnectionConfig | undefined, next: ConnectionConfig): string[] {
  if (previous === undefined) return []
  const names = changedKeys(connectionSettings(previous), connectionSettings(next)).map(
    ({ name, values }) => name + values,
  )
  return names.length === 0 ? [] : [`connection ${next.name} changed: ${names.join(', ')}`]
}

type Settings = Readonly<Record<string, unknown>>

function changedKeys(previous: Settings, next: Settings): { name: string; values: string }[] {
  return Object.keys(next)
    .filter((name) => comparable(previous[name]) !== comparable(next[name]))
    .map((name) => ({ name, values: showChange(previous[name], next[name]) }))
}

/** JSON knows neither maps nor Infinity, and drops what is undefined. */
function comparable(value: unknown): string {
  return String(
    JSON.stringify(value, (_, member) => {
      if (member instanceof Map) return [...member]
      return typeof member === 'number' ? String(member) : member
    }),
  )
}

/** Numbers and switches only: a text may hold a secret where nobody expects one. */
function showChange(previous: unknown, next: unknown): string {
  const shown = [previous, next].every((value) => typeof value === 'number' || typeof value === 'boolean')
  return shown ? ` (${previous} -> ${next})` : ''
}

/** The words of the configuration file, so that the log speaks the operator's language. */
function settings(config: Config): Settings {
  const { http, auth, cors, context, server } = config
  return {
    port: http.port,
    host: http.host,
    tls_enabled: http.tls !== undefined,
    tls_cert_file: http.tls?.certFile,
    tls_key_file: http.tls?.keyFile,
    admin: config.admin,
    workers: config.workers,
    token_secret: auth.jwt.secret,
    'auth_plugins.jwt.settings.keys': auth.jwt.keys,
    'auth_plugins.jwt.settings.jwks_url': auth.jwt.jwksUrl,
    'auth_plugins.jwt.settings.audience': auth.jwt.audience,
    'auth_plugins.jwt.settings.issuer': auth.jwt.issuer,
    'auth_plugins.jwt.settings.leeway': auth.jwt.leewayMs,
    'auth_plugins.jwt.settings.token_type': auth.jwt.tokenType,
    'auth_plugins.jwt.settings.token_endpoint': auth.jwt.login?.tokenUrl,
    'auth_plugins.jwt.settings.authorization_endpoint': auth.jwt.login?.authorizationUrl,
    'auth_plugins.jwt.settings.flow': auth.jwt.login?.flow,
    check_scope: auth.checkScope,
    token_user_search: auth.userClaim,
    token_cache_ttl: auth.tokenCacheTtlMs,
    anon_claims: auth.anonClaims,
    access_log: config.accessLog,
    plugin_log: config.pluginLog,
    default_timezone: config.defaultTimezone,
    'cors.enabled': cors.enabled,
    'cors.origins': cors.origins,
    'cors.methods': cors.methods,
    'cors.headers': cors.headers,
    'cors.max_age': cors.maxAgeMs,
    'cors.credentials': cors.credentials,
    'context.headers': context.headers,
    'server.max_body_size': server.maxBodyBytes,
    'server.max_url_bytes': server.maxUrlBytes,
    'server.max_header_bytes': server.maxHeaderBytes,
    'server.request_timeout': server.requestTimeoutMs,
    'server.read_timeout': server.readTimeoutMs,
    'server.read_header_timeout': server.readHeaderTimeoutMs,
    'server.idle_timeout': server.idleTimeoutMs,
    'server.drain_timeout': server.drainTimeoutMs,
    'server.trusted_proxy_mode': server.trustedProxy.mode,
    'server.trusted_proxy_count': server.trustedProxy.count,
    'server.trusted_proxy_header': server.trustedProxy.header,
    plugin_dirs: config.pluginDirs,
    kv: config.kv,
  }
}

function connectionSettings(connection: ConnectionConfig): Settings {
  const { limits } = connection
  return {
    name: connection.name,
    uri: connection.uri,
    path: connection.path,
    sha256: connection.sha256,
    reattach: connection.reattach,
    tls: connection.tls,
    title: connection.title,
    // Follows from other entries (who names this one as a cache), but changes what the plugin is started for.
    roles: [connection.servesTables, connection.servesCache],
    enable_cache: connection.enableCache,
    cache_name: connection.cacheName,
    cache_ttl: connection.cacheTtlMs,
    cache_invalidation_map: connection.cacheInvalidationMap,
    use_query: connection.useQuery,
    db_tx_end: connection.dbTxEnd,
    default_limit: connection.defaultLimit,
    max_limit: connection.maxLimit,
    aggregates: connection.aggregates,
    public: connection.public,
    exclude: connection.exclude,
    allow: connection.allow,
    env: connection.env,
    env_pass: connection.envPass,
    instances: connection.instances,
    'limits.timeout': limits.timeoutMs,
    'limits.start_timeout': limits.startTimeoutMs,
    'limits.in_flight': limits.inFlight,
    'limits.queue': limits.queue,
    'limits.wait': limits.waitMs,
    'limits.stream': limits.streamTimeoutMs,
  }
}

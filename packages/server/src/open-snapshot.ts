import { isDeepStrictEqual } from 'node:util'
import {
  type ConnectionDependencies,
  type ConnectionSettings,
  type ManagedConnection,
  openConnection,
} from '@easyrest/host'
import { type AccessRules, createAccessRules } from './auth/access-rules.js'
import { createAuthenticator } from './auth/authenticate.js'
import type { Config, ConnectionConfig } from './config/config.js'
import { InFlight } from './in-flight.js'
import type { Observe } from './observe/observation.js'
import type { ServedConnection, Snapshot } from './snapshot.js'
import { CachePatience } from './versions/cache-patience.js'
import { TableVersions } from './versions/table-versions.js'
import { UnknownVersions } from './versions/unknown-versions.js'

/** A snapshot that is not in force yet, and the connections that were started for it. */
export interface OpenedSnapshot {
  readonly snapshot: Snapshot
  /** Connections that `previous` does not have. */
  readonly started: readonly ManagedConnection[]
}

/**
 * Makes the snapshot of a configuration. A connection whose settings are the same as in `previous` keeps its process;
 * the others are started and become ready on their own. Throws Error when the keys cannot be used; nothing is started then.
 */
export const openSnapshot = (
  config: Config,
  host: ConnectionDependencies,
  previous?: Snapshot,
  observe: Observe = () => {},
): OpenedSnapshot => {
  const authenticator = createAuthenticator({
    jwtSecret: config.auth.jwt.secret,
    keyFiles: config.auth.jwt.keys,
    audience: config.auth.jwt.audience.length === 0 ? undefined : config.auth.jwt.audience,
    issuer: config.auth.jwt.issuer.length === 0 ? undefined : config.auth.jwt.issuer,
    leewaySeconds: config.auth.jwt.leewayMs / 1000,
    tokenType: config.auth.jwt.tokenType,
    userClaim: config.auth.userClaim,
    tokenCacheTtlSeconds:
      config.auth.tokenCacheTtlMs === Number.POSITIVE_INFINITY ? undefined : config.auth.tokenCacheTtlMs / 1000,
    anonClaims: config.auth.anonClaims,
  })
  const opened = new Map<string, ManagedConnection>()
  const started: ManagedConnection[] = []
  for (const [key, connection] of config.connections) {
    const settings = connectionSettings(connection, config)
    const kept = reusable(settings, previous?.connections.get(key))
    opened.set(key, kept ?? openConnection(settings, host))
    if (kept === undefined) started.push(opened.get(key)!)
  }
  const connections = new Map<string, ServedConnection>()
  for (const [key, connection] of config.connections) {
    connections.set(key, {
      config: connection,
      connection: opened.get(key)!,
      access: accessRules(connection, config),
      versions: openVersions(key, connection, opened, observe, previous?.connections.get(key)?.versions),
    })
  }
  const generation = (previous?.generation ?? 0) + 1
  return { snapshot: { generation, config, authenticator, connections, inFlight: new InFlight() }, started }
}

const reusable = (settings: ConnectionSettings, served: ServedConnection | undefined): ManagedConnection | undefined =>
  served !== undefined && isDeepStrictEqual(settings, served.connection.settings) ? served.connection : undefined

const openVersions = (
  key: string,
  { enableCache, cacheName, cacheTtlMs, cacheInvalidationMap, limits }: ConnectionConfig,
  opened: ReadonlyMap<string, ManagedConnection>,
  observe: Observe,
  previous: TableVersions | undefined,
): TableVersions | undefined => {
  if (!enableCache || cacheName === undefined) return undefined
  return new TableVersions({
    connection: key,
    cache: opened.get(cacheName)!.cache,
    ttlMs: cacheTtlMs,
    graceMs: limits.timeoutMs,
    invalidates: cacheInvalidationMap,
    patience: new CachePatience((error) =>
      observe({ kind: 'cache-changed', connection: key, cache: cacheName, error }),
    ),
    // What a write has left behind is true under the next configuration too.
    unknown: previous?.unknown ?? new UnknownVersions(cacheTtlMs),
  })
}

const connectionSettings = (connection: ConnectionConfig, config: Config): ConnectionSettings => ({
  name: connection.name,
  uri: connection.uri,
  path: connection.path,
  sha256: connection.sha256,
  tls: connection.tls,
  pluginDirs: config.pluginDirs,
  servesTables: connection.servesTables,
  servesCache: connection.servesCache,
  env: connection.env,
  envPass: connection.envPass,
  limits: connection.limits,
})

const accessRules = (connection: ConnectionConfig, config: Config): AccessRules =>
  createAccessRules({
    checkScope: config.auth.checkScope,
    anonymousAllowed: Object.keys(config.auth.anonClaims).length > 0,
    tokenType: config.auth.jwt.tokenType,
    public: connection.public,
    exclude: connection.exclude,
    allow: connection.allow,
  })

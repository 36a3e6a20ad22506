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
import type { ServedConnection, Snapshot } from './snapshot.js'

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
export const openSnapshot = (config: Config, host: ConnectionDependencies, previous?: Snapshot): OpenedSnapshot => {
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
  const connections = new Map<string, ServedConnection>()
  const started: ManagedConnection[] = []
  for (const [key, connection] of config.connections) {
    const settings = connectionSettings(connection, config)
    const kept = reusable(settings, previous?.connections.get(key))
    const opened = kept ?? openConnection(settings, host)
    if (kept === undefined) started.push(opened)
    connections.set(key, { config: connection, connection: opened, access: accessRules(connection, config) })
  }
  const generation = (previous?.generation ?? 0) + 1
  return { snapshot: { generation, config, authenticator, connections, inFlight: new InFlight() }, started }
}

const reusable = (settings: ConnectionSettings, served: ServedConnection | undefined): ManagedConnection | undefined =>
  served !== undefined && isDeepStrictEqual(settings, served.connection.settings) ? served.connection : undefined

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

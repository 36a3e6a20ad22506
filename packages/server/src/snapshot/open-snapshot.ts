import type { ManagedConnection } from '@easyrest/host'
import { type AccessRules, createAccessRules } from '../auth/access-rules.js'
import type { Config, ConnectionConfig } from '../config/config.js'
import { openKvService } from '../kv/kv-service.js'
import { type Meters, noMeters } from '../observe/meter.js'
import type { Observe } from '../observe/observation.js'
import { openVersions } from '../versions/open-versions.js'
import type { Connect } from './connect.js'
import { InFlight } from './in-flight.js'
import { openAuthenticator } from './open-authenticator.js'
import type { ServedConnection } from './served-connection.js'
import type { Snapshot } from './snapshot.js'

/** A snapshot that is not in force yet, and the connections that were started for it. */
export interface OpenedSnapshot {
  readonly snapshot: Snapshot
  /** Connections that `previous` does not have. */
  readonly started: readonly ManagedConnection[]
}

export interface SnapshotOptions {
  readonly generation?: number
  /** What is in force, whose connections may be kept. */
  readonly previous?: Snapshot | undefined
  readonly meters?: Meters | undefined
  readonly observe?: Observe | undefined
}

/**
 * Makes the snapshot of a configuration. Connections that `previous` does not have are started and become ready on their
 * own. Throws ConfigError when the keys cannot be used; nothing is started then.
 */
export const openSnapshot = (
  config: Config,
  connect: Connect,
  {
    previous,
    generation = (previous?.generation ?? 0) + 1,
    meters = noMeters,
    observe = () => {},
  }: SnapshotOptions = {},
): OpenedSnapshot => {
  const authenticator = openAuthenticator(config.auth, {
    remoteKeys: previous?.authenticator.remoteKeys,
    observe,
  })
  // So that the first request does not wait for it; what fails is observed, and tried again with the next request.
  authenticator.ready().catch(() => {})
  const connected = new Map<string, ReturnType<Connect>>()
  for (const [key, connection] of config.connections) {
    connected.set(key, connect(key, connection, previous?.connections.get(key)))
  }
  const connections = new Map<string, ServedConnection>()
  for (const [key, connection] of config.connections) {
    const before = previous?.connections.get(key)
    connections.set(key, {
      ...connected.get(key)!,
      config: connection,
      access: accessRules(connection, config, connected.get(key)!.connection),
      versions: openVersions(
        key,
        connection,
        (name) => connected.get(name)!.connection.cache,
        observe,
        before?.versions,
      ),
      meter: meters(connection.name),
    })
  }
  const started = [...connections].flatMap(([key, { connection }]) =>
    connection === previous?.connections.get(key)?.connection ? [] : [connection],
  )
  const kv = openKvService(config, connections, observe, previous?.kv)
  const snapshot = { generation, config, authenticator, connections, kv, inFlight: new InFlight(), meter: meters('') }
  return { snapshot, started }
}

const accessRules = (connection: ConnectionConfig, config: Config, plugin: ManagedConnection): AccessRules =>
  createAccessRules({
    namesAreExact: () => (plugin.info === undefined ? undefined : plugin.can('exact_names')),
    checkScope: config.auth.checkScope,
    anonymousAllowed: Object.keys(config.auth.anonClaims).length > 0,
    tokenType: config.auth.jwt.tokenType,
    public: connection.public,
    exclude: connection.exclude,
    allow: connection.allow,
  })

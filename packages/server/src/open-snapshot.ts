import type { ManagedConnection } from '@easyrest/host'
import { type AccessRules, createAccessRules } from './auth/access-rules.js'
import type { Config, ConnectionConfig } from './config/config.js'
import type { Connect } from './connect.js'
import { InFlight } from './in-flight.js'
import { type Meters, noMeters } from './observe/meter.js'
import { openAuthenticator } from './open-authenticator.js'
import type { ServedConnection, Snapshot } from './snapshot.js'

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
}

/**
 * Makes the snapshot of a configuration. Connections that `previous` does not have are started and become ready on their
 * own. Throws ConfigError when the keys cannot be used; nothing is started then.
 */
export const openSnapshot = (
  config: Config,
  connect: Connect,
  { previous, generation = (previous?.generation ?? 0) + 1, meters = noMeters }: SnapshotOptions = {},
): OpenedSnapshot => {
  const authenticator = openAuthenticator(config.auth)
  const connections = new Map<string, ServedConnection>()
  const started: ManagedConnection[] = []
  for (const [key, connection] of config.connections) {
    const served = previous?.connections.get(key)
    const connected = connect(key, connection, served)
    if (connected.connection !== served?.connection) started.push(connected.connection)
    connections.set(key, {
      ...connected,
      config: connection,
      access: accessRules(connection, config),
      meter: meters(connection.name),
    })
  }
  const snapshot = { generation, config, authenticator, connections, inFlight: new InFlight(), meter: meters('') }
  return { snapshot, started }
}

const accessRules = (connection: ConnectionConfig, config: Config): AccessRules =>
  createAccessRules({
    checkScope: config.auth.checkScope,
    anonymousAllowed: Object.keys(config.auth.anonClaims).length > 0,
    tokenType: config.auth.jwt.tokenType,
    public: connection.public,
    exclude: connection.exclude,
    allow: connection.allow,
  })

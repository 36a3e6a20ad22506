import { isDeepStrictEqual } from 'node:util'
import { type ConnectionDependencies, type ManagedConnection, openConnection } from '@easyrest/host'
import { type AccessRules, createAccessRules } from './auth/access-rules.js'
import type { Config, ConnectionConfig } from './config/config.js'
import { connectionSettings } from './connection-settings.js'
import { InFlight } from './in-flight.js'
import { type Meters, noMeters } from './observe/meter.js'
import { openAuthenticator } from './open-authenticator.js'
import type { ProgramFiles } from './program-files.js'
import type { ServedConnection, Snapshot } from './snapshot.js'

/** A snapshot that is not in force yet, and the connections that were started for it. */
export interface OpenedSnapshot {
  readonly snapshot: Snapshot
  /** Connections that `previous` does not have. */
  readonly started: readonly ManagedConnection[]
}

export interface SnapshotOptions {
  /** What is in force: a connection with the same settings and the same program file keeps its process. */
  readonly previous?: Snapshot | undefined
  readonly programFiles?: ProgramFiles
  readonly meters?: Meters | undefined
}

/**
 * Makes the snapshot of a configuration. Connections that `previous` does not have are started and become ready on their
 * own. Throws ConfigError when the keys cannot be used; nothing is started then.
 */
export const openSnapshot = (
  config: Config,
  host: ConnectionDependencies,
  { previous, programFiles, meters = noMeters }: SnapshotOptions = {},
): OpenedSnapshot => {
  const authenticator = openAuthenticator(config.auth)
  const connections = new Map<string, ServedConnection>()
  const started: ManagedConnection[] = []
  for (const [key, connection] of config.connections) {
    const settings = connectionSettings(connection, config)
    const programFile = programFiles?.get(key)
    const served = previous?.connections.get(key)
    const kept =
      served !== undefined &&
      programFile === served.programFile &&
      isDeepStrictEqual(settings, served.connection.settings)
    const opened = kept ? served.connection : openConnection(settings, host)
    if (!kept) started.push(opened)
    connections.set(key, {
      config: connection,
      connection: opened,
      access: accessRules(connection, config),
      meter: meters(connection.name),
      programFile,
    })
  }
  const generation = (previous?.generation ?? 0) + 1
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

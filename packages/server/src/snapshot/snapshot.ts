import type { ManagedConnection } from '@easyrest/host'
import type { AccessRules } from '../auth/access-rules.js'
import type { Authenticator } from '../auth/authenticate.js'
import type { Config, ConnectionConfig } from '../config/config.js'
import type { KvService } from '../kv/kv-service.js'
import type { Meter } from '../observe/meter.js'
import type { TableVersions } from '../versions/table-versions.js'
import type { InFlight } from './in-flight.js'

/** Configuration and connections in force. Immutable: a request takes it once and never looks again. */
export interface Snapshot {
  readonly generation: number
  readonly config: Config
  readonly authenticator: Authenticator
  /** By lower-case name. */
  readonly connections: ReadonlyMap<string, ServedConnection>
  /** The key/value API; undefined: none is configured. */
  readonly kv: KvService | undefined
  /** The requests that hold this snapshot. */
  readonly inFlight: InFlight
  /** Counts requests to none of the connections. */
  readonly meter: Meter
}

export interface ServedConnection {
  readonly config: ConnectionConfig
  readonly connection: ManagedConnection
  readonly access: AccessRules
  /** Where the versions of its tables are; undefined: nowhere, every conditional read asks the database. */
  readonly versions: TableVersions | undefined
  readonly meter: Meter
  /** Which file the plugin program was when the connection was opened; undefined: there was none. */
  readonly programFile: string | undefined
}

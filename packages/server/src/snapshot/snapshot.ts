import type { Authenticator } from '../auth/authenticate.js'
import type { Config } from '../config/config.js'
import type { KvService } from '../kv/kv-service.js'
import type { Meter } from '../observe/meter.js'
import type { InFlight } from './in-flight.js'
import type { ServedConnection } from './served-connection.js'

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

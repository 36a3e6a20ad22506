import type { ManagedConnection } from '@easyrest/host'
import type { AccessRules } from '../auth/access-rules.js'
import type { ConnectionConfig } from '../config/config.js'
import type { Meter } from '../observe/meter.js'
import type { TableVersions } from '../versions/table-versions.js'

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

import { isDeepStrictEqual } from 'node:util'
import type { ConnectionSettings, ManagedConnection } from '@easyrest/host'
import type { Config, ConnectionConfig } from '../config/config.js'
import type { ProgramFiles } from '../reload/program-files.js'
import { connectionSettings } from './connection-settings.js'
import type { ServedConnection } from './served-connection.js'

/** Gives a snapshot one of its connections: the one that serves already where that will do, else a new one. */
export type Connect = (
  key: string,
  connection: ConnectionConfig,
  served: ServedConnection | undefined,
) => Pick<ServedConnection, 'connection' | 'programFile'>

/** A connection with the same settings and the same program file keeps its processes. */
export const keepOrOpen =
  (config: Config, programFiles: ProgramFiles, open: (settings: ConnectionSettings) => ManagedConnection): Connect =>
  (key, connection, served) => {
    const settings = connectionSettings(connection, config)
    const programFile = programFiles.get(key)
    const kept =
      served !== undefined &&
      programFile === served.programFile &&
      isDeepStrictEqual(settings, served.connection.settings)
    return { connection: kept ? served.connection : open(settings), programFile }
  }

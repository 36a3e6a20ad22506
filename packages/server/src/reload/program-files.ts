import { stat } from 'node:fs/promises'
import { findPlugin, type PluginPlaces } from '@easyrest/host'
import type { Config } from '../config/config.js'
import { connectionSettings } from '../snapshot/connection-settings.js'

/** Which file the plugin program of each connection is, by the connection's key. A replaced file is another one. */
export type ProgramFiles = ReadonlyMap<string, string | undefined>

/** A program that cannot be found has no file: what is wrong with it is said by those who start it. */
export const findProgramFiles = async (config: Config, places: PluginPlaces): Promise<ProgramFiles> => {
  const found = [...config.connections].map(async ([key, connection]) => {
    const program = await findPlugin(connectionSettings(connection, config), places).catch(() => undefined)
    return [key, program && (await identify(program))] as const
  })
  return new Map(await Promise.all(found))
}

const identify = async (program: string): Promise<string | undefined> => {
  const found = await stat(program, { bigint: true }).catch(() => undefined)
  return found && [program, found.dev, found.ino, found.size, found.mtimeNs].join(':')
}

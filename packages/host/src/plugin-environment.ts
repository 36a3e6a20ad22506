import { applicationVersion, type Certificate, cookie, hostVariable, lifelineVariable } from '@easyrest/protocol'
import type { ConnectionSettings } from './connection.js'
import { ownIdentity } from './host-identity.js'

/**
 * The whole environment of a plugin process. Nothing else is inherited: the server's own secrets are not the plugin's,
 * and a PLUGIN_* variable meant for someone else would change how the plugin listens.
 */
export const pluginEnvironment = (
  { name, env, envPass }: Pick<ConnectionSettings, 'name' | 'env' | 'envPass'>,
  socketDirectory: string,
  inherited: Variables,
  offer?: Certificate | undefined,
): Record<string, string> => {
  for (const variable of [...envPass, ...Object.keys(env)]) refuseReserved(name, variable)
  return {
    ...pick(inherited, inheritedNames),
    TMPDIR: socketDirectory,
    ...connectionVariables({ env, envPass }, inherited),
    [cookie.name]: cookie.value,
    PLUGIN_PROTOCOL_VERSIONS: String(applicationVersion),
    PLUGIN_UNIX_SOCKET_DIR: socketDirectory,
    [lifelineVariable]: '1',
    [hostVariable]: ownIdentity(),
    ...(offer && { PLUGIN_CLIENT_CERT: offer.certificatePem.toString() }),
  }
}

export type Variables = Readonly<Record<string, string | undefined>>

/** What the configuration gives to this connection's plugin beside what every plugin gets. */
export const connectionVariables = (
  { env, envPass }: Pick<ConnectionSettings, 'env' | 'envPass'>,
  inherited: Variables,
): Record<string, string> => ({ ...pick(inherited, envPass), ...env })

const refuseReserved = (connection: string, variable: string): void => {
  if (!reservedNames.has(variable)) return
  throw new Error(
    `connection ${connection}: ${variable} belongs to the contract between host and plugin; remove it from plugins.${connection}.env and env_pass`,
  )
}

const pick = (from: Variables, names: readonly string[]): Record<string, string> => {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = from[name]
    if (value !== undefined) picked[name] = value
  }
  return picked
}

const inheritedNames = ['PATH', 'HOME', 'LANG', 'TZ']

const reservedNames: ReadonlySet<string> = new Set([
  cookie.name,
  hostVariable,
  lifelineVariable,
  'PLUGIN_PROTOCOL_VERSIONS',
  'PLUGIN_MIN_PORT',
  'PLUGIN_MAX_PORT',
  'PLUGIN_CLIENT_CERT',
  'PLUGIN_MULTIPLEX_GRPC',
  'PLUGIN_UNIX_SOCKET_DIR',
  'PLUGIN_UNIX_SOCKET_GROUP',
])

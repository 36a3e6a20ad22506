import { applicationVersion, cookie } from '@easyrest/protocol'
import { StartFailure } from './start-failure.js'

/** Throws StartFailure when the program was not started by a plugin host, or by one it cannot serve. */
export const checkEnvironment = (): void => {
  if (process.env[cookie.name] !== cookie.value) throw new StartFailure(startedByHand)
}

/** Which application protocol version the handshake names: the highest both sides know, else this SDK's own. */
export const negotiateVersion = (hostVersions = process.env.PLUGIN_PROTOCOL_VERSIONS): number => {
  const common = (hostVersions ?? '')
    .split(',')
    .map(Number)
    .filter((version) => ownVersions.includes(version))
  return Math.max(...(common.length > 0 ? common : ownVersions))
}

// Version 1 is the original's net/rpc.
const ownVersions: readonly number[] = [applicationVersion]

// The first three lines are go-plugin's own: people search for them.
const startedByHand = `This binary is a plugin. These are not meant to be executed directly.
Please execute the program that consumes these plugins, which will
load any plugins automatically

EasyREST finds it by its file name, easyrest-plugin-<scheme>, in plugin_dirs, beside easyrest-server or on PATH; or \
set "path" of the connection to this file: easyrest-server --config config.yaml`

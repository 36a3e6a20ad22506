/**
 * The line a plugin prints when it listens:
 * `<core version>|<application version>|<network>|<address>|<wire protocol>[|<certificate>[|<multiplexing>]]`.
 * The grammar is HashiCorp go-plugin's core protocol 1.
 */
export interface Handshake {
  readonly applicationVersion: number
  readonly network: 'unix' | 'tcp'
  /** A socket path, or host:port. */
  readonly address: string
  /** base64 of the DER of the plugin's certificate; '' without TLS. */
  readonly certificate: string
}

export const coreVersion = 1

/** easyrest.plugin.v1. Version 1 is the original's net/rpc. */
export const applicationVersion = 2

/** Tells a program that it was started as a plugin; it protects users, not secrets. */
export const cookie = { name: 'EASYREST_PLUGIN', value: 'easyrest' } as const

/** sun_path has 108 bytes on Linux and 104 on macOS, and Node cuts a longer path silently. */
export const maxSocketPathBytes = 103

/** Set by the host when standard input is a pipe that it never writes: its end means that the host is gone. */
export const lifelineVariable = 'EASYREST_PLUGIN_STDIN_LIFELINE'

/** Which host started a process, for the one who cleans up behind a host that was killed. */
export const hostVariable = 'EASYREST_PLUGIN_HOST'

export const formatHandshake = ({ applicationVersion, network, address, certificate }: Handshake): string =>
  [coreVersion, applicationVersion, network, address, 'grpc', certificate].join('|')

/** Throws HandshakeError, whose message says what was expected and what came. */
export const parseHandshake = (line: string): Handshake => {
  const parts = line.trim().split('|')
  if (parts.length < 4) {
    throw new HandshakeError(`expected a handshake like "1|2|unix|/path|grpc|", got ${quoteOutput(line)}`)
  }
  const [core, application, network, address, protocol = 'netrpc', certificate = '', multiplexing = ''] = parts as [
    string,
    string,
    string,
    string,
    ...(string | undefined)[],
  ]
  if (core !== String(coreVersion)) {
    throw new HandshakeError(
      `expected core protocol version ${coreVersion}, got ${quoteOutput(core)}: the program is not a go-plugin plugin of a known kind`,
    )
  }
  if (protocol === 'netrpc') {
    throw new HandshakeError(
      'the plugin speaks net/rpc, as plugins of the original EasyREST do; build it again with an SDK for application protocol version 2 over gRPC (docs/migrating-from-easyrest.md)',
    )
  }
  if (protocol !== 'grpc') throw new HandshakeError(`expected wire protocol grpc, got ${quoteOutput(protocol)}`)
  if (application !== String(applicationVersion)) {
    throw new HandshakeError(
      `incompatible API version with plugin. Plugin version: ${quoteOutput(application)}, host version: ${applicationVersion}; use a plugin built for application protocol version ${applicationVersion}`,
    )
  }
  if (network !== 'unix' && network !== 'tcp') {
    throw new HandshakeError(`expected network unix or tcp, got ${quoteOutput(network)}`)
  }
  if (multiplexing === 'true') {
    throw new HandshakeError(
      'the plugin multiplexes its connection although the host did not ask for it; start it without PLUGIN_MULTIPLEX_GRPC',
    )
  }
  return { applicationVersion, network, address, certificate }
}

/** A handshake line that the host cannot use. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError'
}

/** What a program printed, safe for a log: escaped and at most 200 bytes. */
export const quoteOutput = (output: string): string => {
  const quoted = JSON.stringify(output).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return quoted.length <= 200 ? quoted : `${quoted.slice(0, 196)}..."`
}

import { HandshakeError, parseHandshake } from '@easyrest/protocol'
import { BadValue } from './bad-value.js'

/** Names plugins that somebody else runs, under a debugger say, and that are used instead of starting programs. */
export const reattachVariable = 'EASYREST_REATTACH_PLUGINS'

/**
 * `{"<connection>": "1|2|unix|/path|grpc"}`: the line that the plugin printed, or the object that go-plugin's authors
 * know (`{"Protocol":"grpc","ProtocolVersion":2,"Addr":{"Network":"unix","String":"/path"}}`).
 * Returns lower-case names of connections and their handshakes. Throws BadValue.
 */
export function readReattached(text: string | undefined): ReadonlyMap<string, string> {
  if (!text) return new Map()
  const entries = Object.entries(parseObject(text))
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), checked(name, handshakeOf(value))]))
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw new BadValue('expected {"<connection>": "<the line that the plugin printed>"} as JSON')
}

function handshakeOf(value: unknown): string {
  if (typeof value === 'string') return value
  const { Protocol, ProtocolVersion, Addr } = (value ?? {}) as GoReattachConfig
  return ['1', ProtocolVersion, Addr?.Network, Addr?.String, Protocol].join('|')
}

/** plugin.ReattachConfig as Terraform's providers print it; Pid and Test are not needed. */
interface GoReattachConfig {
  readonly Protocol?: unknown
  readonly ProtocolVersion?: unknown
  readonly Addr?: { readonly Network?: unknown; readonly String?: unknown }
}

function checked(name: string, line: string): string {
  try {
    parseHandshake(line)
    return line
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error
    throw new BadValue(`"${name}": ${error.message}`)
  }
}

import { badUri, decodePart } from './uri-part.js'

/** Where a server listens. */
export type MysqlHost = { readonly host: string; readonly port: number } | { readonly socketPath: string }

/** `host`, `host:port`, `[::1]:port`, and as the original's driver writes them `tcp(host:port)` and `unix(/path)`. */
export const hostOf = (text: string): MysqlHost => {
  const [, network, address] = /^(tcp|unix)\((.*)\)$/i.exec(text) ?? []
  if (network?.toLowerCase() === 'unix') return { socketPath: decodePart(address!) }
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]()\s]+)(?::(\d{1,5}))?$/i.exec(address ?? text)
  if (match === null) throw badUri(`expected host or host:port, got ${JSON.stringify(text)}`)
  const port = Number(match[2] ?? 3306)
  if (port < 1 || port > 65_535) throw badUri(`expected a port from 1 to 65535, got ${match[2]}`)
  return { host: decodePart(match[1]!.replace(/^\[|\]$/g, '')), port }
}

import { redactUri } from '@easyrest/protocol'
import type { Config, ConnectionConfig } from './config.js'
import type { KvConfig } from './kv-config.js'

/** The configuration in a few lines for people, without secrets: address, keys, connections. */
export function describeConfig(config: Config): string[] {
  const connections = [...config.connections.values()]
  return [
    `listens on ${address(config)}`,
    `tokens: ${tokens(config)}`,
    connections.length === 0 ? 'connections: none' : 'connections:',
    ...connections.map((connection) => `  ${describeConnection(connection)}`),
    ...(config.kv === undefined ? [] : [describeKv(config.kv)]),
  ]
}

function address({ http }: Config): string {
  const host = http.host.includes(':') ? `[${http.host}]` : http.host
  return `${http.tls === undefined ? 'http' : 'https'}://${host}:${http.port}`
}

function tokens({ auth }: Config): string {
  const { secret, keys, jwksUrl } = auth.jwt
  const sources = [
    secret === undefined ? [] : ['secret'],
    keys.length === 0 ? [] : [`${keys.length} key file(s)`],
    jwksUrl === undefined ? [] : [`the keys of ${new URL(jwksUrl).host}`],
  ].flat()
  return `${sources.join(' and ')}, scopes ${auth.checkScope ? 'checked' : 'not checked'}`
}

function describeKv({ connection, preset, realms }: KvConfig): string {
  return `key/value API: on connection ${connection}, preset ${preset}, realms ${[...realms.keys()].join(', ')}`
}

function describeConnection(connection: ConnectionConfig): string {
  const { name, uri, path, reattach, enableCache, cacheName, servesTables, servesCache, dbTxEnd } = connection
  const roles = [servesTables ? ['tables'] : [], servesCache ? ['cache'] : []].flat()
  const parts = [
    `${name}: ${redactUri(uri)}`,
    `serves ${roles.join(' and ')}`,
    `db_tx_end ${dbTxEnd}`,
    ...(enableCache ? [`cache ${cacheName ?? 'without a store'}`] : []),
    ...(path === undefined ? [] : [`program ${path}`]),
    ...(reattach === undefined ? [] : [`attached to ${reattach}`]),
  ]
  return parts.join(', ')
}

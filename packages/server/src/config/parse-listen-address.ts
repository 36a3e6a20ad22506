import { BadValue } from './bad-value.js'
import type { ListenAddress } from './config.js'

/** `127.0.0.1:9090`, `[::1]:9090`, `localhost:9090`, `/run/easyrest.sock` or `unix:/run/easyrest.sock`. */
export function parseListenAddress(value: unknown): ListenAddress {
  const given = typeof value === 'string' ? value : ''
  if (/^(unix:)?\/./.test(given)) return { path: given.replace(/^unix:/, '') }
  const [, name, port] = /^(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(given) ?? []
  if (name === undefined || Number(port) > 65_535) {
    throw new BadValue('expected host:port such as 127.0.0.1:9090, or the absolute path of a unix socket')
  }
  return { host: name.replace(/^\[|\]$/g, ''), port: Number(port) }
}

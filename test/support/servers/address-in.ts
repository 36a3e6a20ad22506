import type { DatabaseAddress } from './database-server.js'

/** The address that a URI of the environment names. */
export function addressIn(uri: string, defaultPort: number): DatabaseAddress {
  const { hostname, port, username, password } = new URL(uri)
  return {
    host: hostname,
    port: port === '' ? defaultPort : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}

import { type Certificate, createCertificate } from '@easyrest/protocol'
import type { ConnectionSettings } from './connection.js'

/** The host's certificate for the next start of this connection's plugin; undefined: it is offered no TLS. */
export const tlsOffer = (settings: ConnectionSettings): Certificate | undefined =>
  isOffered(settings) ? createCertificate() : undefined

/** The plugin listens on TCP: from now on it is offered TLS at every start. */
export const rememberTcp = (settings: ConnectionSettings): void => {
  listensOnTcp.add(settings)
}

// go-plugin's programs listen on TCP on Windows; elsewhere the first start shows it.
const isOffered = (settings: ConnectionSettings): boolean =>
  settings.tls === 'always' ||
  (settings.tls !== 'never' && (process.platform === 'win32' || listensOnTcp.has(settings)))

// Settings live as long as their connection.
const listensOnTcp = new WeakSet<ConnectionSettings>()

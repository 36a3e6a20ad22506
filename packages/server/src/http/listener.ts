import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Config, TlsConfig } from '../config/config.js'

/** A listening socket with the limits of the configuration. */
export interface Listener {
  /** As a URL, e.g. http://127.0.0.1:8080 */
  readonly address: string
  /** Reads the certificate files again. Throws Error when they do not fit; the old ones stay in force. */
  reloadCertificate(tls: TlsConfig | undefined): void
  /** Stops accepting, closes idle connections, resolves when the others have ended (cut off after `drainMs`). */
  close(drainMs: number): Promise<void>
}

export const listen = async ({ http, server: limits }: Config, handler: RequestListener): Promise<Listener> => {
  const options: ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    requestTimeout: limits.readTimeoutMs,
    headersTimeout: limits.readHeaderTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    // Slow senders are looked for this often.
    connectionsCheckingInterval: 1000,
  }
  const server =
    http.tls === undefined
      ? createServer(options, handler)
      : createTlsServer({ ...options, ...certificate(http.tls) }, handler)
  server.maxHeadersCount = 100
  await bind(server, http.port, http.host)
  return {
    address: addressOf(server, http.tls !== undefined),
    reloadCertificate: (tls) => {
      if (tls !== undefined && 'setSecureContext' in server) server.setSecureContext(certificate(tls))
    },
    close: (drainMs) => close(server, drainMs),
  }
}

const certificate = ({ certFile, keyFile }: TlsConfig) => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
  minVersion: 'TLSv1.2' as const,
})

const bind = (server: Server | TlsServer, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const addressOf = (server: Server | TlsServer, tls: boolean): string => {
  const { address, port, family } = server.address() as AddressInfo
  return `${tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

const close = (server: Server | TlsServer, drainMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), drainMs)
    server.close(() => {
      clearTimeout(cutOff)
      resolve()
    })
    server.closeIdleConnections()
  })

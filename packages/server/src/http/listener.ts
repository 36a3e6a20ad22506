import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Config, ServerConfig, TlsConfig } from '../config/config.js'

/** A listening socket with the limits of the configuration. */
export interface Listener {
  /** As a URL, e.g. http://127.0.0.1:8080 */
  readonly address: string
  /** Puts time limits in force and reads the certificate again. Throws Error when that does not fit, before any change. */
  reload(config: Config): void
  /** Stops accepting, closes idle connections, resolves when the others have ended (cut off after `drainMs`). */
  close(drainMs: number): Promise<void>
}

export const listen = async ({ http, server: limits }: Config, handler: RequestListener): Promise<Listener> => {
  let closing = false
  const options: ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    ...timeLimits(limits),
    // Slow senders are looked for this often.
    connectionsCheckingInterval: 1000,
  }
  const listener: RequestListener = (request, response) => {
    if (closing) response.shouldKeepAlive = false
    handler(request, response)
  }
  const server =
    http.tls === undefined
      ? createServer(options, listener)
      : createTlsServer({ ...options, ...certificate(http.tls) }, listener)
  // Node drops what comes behind the limit without a word, and it may be a Prefer: the size is limited instead.
  server.maxHeadersCount = 0
  await bind(server, http.port, http.host)
  return {
    address: addressOf(server, http.tls !== undefined),
    reload: (config) => {
      const { tls } = config.http
      if (tls !== undefined && 'setSecureContext' in server) server.setSecureContext(certificate(tls))
      Object.assign(server, timeLimits(config.server))
    },
    close: (drainMs) => {
      closing = true
      return close(server, drainMs)
    },
  }
}

// Node refuses to wait longer for the head than for the whole request.
const timeLimits = ({ readTimeoutMs, readHeaderTimeoutMs, idleTimeoutMs }: ServerConfig) => ({
  requestTimeout: readTimeoutMs,
  headersTimeout: Math.min(readHeaderTimeoutMs, readTimeoutMs),
  keepAliveTimeout: idleTimeoutMs,
})

const certificate = ({ certFile, keyFile }: TlsConfig) => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
  minVersion: 'TLSv1.2' as const,
})

const bind = (server: Server | TlsServer, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describe(error, host, port)))
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })

const describe = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  const steps: Record<string, string> = {
    EADDRINUSE:
      'another program listens there; stop it, or choose another port with --port or port: in the configuration',
    EACCES: 'ports below 1024 need rights; choose another port with --port',
    EADDRNOTAVAIL: 'this machine does not have that address; choose another with --host',
  }
  const step = steps[error.code ?? ''] ?? error.message
  return new Error(`cannot listen on ${host}:${port}: ${step}`, { cause: error })
}

const addressOf = (server: Server | TlsServer, tls: boolean): string => {
  const { address, port, family } = server.address() as AddressInfo
  return `${tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

// An idle connection is closed at once, and so is one that becomes idle.
const close = (server: Server | TlsServer, drainMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), drainMs)
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    server.close(() => {
      clearTimeout(cutOff)
      clearInterval(idle)
      resolve()
    })
    server.closeIdleConnections()
  })

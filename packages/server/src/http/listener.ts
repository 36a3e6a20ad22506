import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Config, ListenAddress, ServerConfig, TlsConfig } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'
import { refuseUnreadable } from './refuse-unreadable.js'

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
    // Refused with a problem document instead (header-fault.ts).
    requireHostHeader: false,
    // Slow senders are looked for this often.
    connectionsCheckingInterval: 1000,
  }
  const listener: RequestListener = (request, response) => {
    if (closing) response.shouldKeepAlive = false
    request.url = originForm(request.url!)
    handler(request, response)
  }
  const server =
    http.tls === undefined
      ? createServer(options, listener)
      : createTlsServer({ ...options, ...certificate(http.tls) }, listener)
  // Node drops what comes behind the limit without a word, and it may be a Prefer: the size is limited instead.
  server.maxHeadersCount = 0
  refuseUnreadable(server, limits.maxHeaderBytes)
  await bind(server, http, '--host and --port')
  return {
    address: addressOf(server, http.tls !== undefined),
    reload: (config) => {
      const { tls } = config.http
      const pair = tls && certificate(tls)
      if (pair !== undefined && 'setSecureContext' in server) server.setSecureContext(pair)
      Object.assign(server, timeLimits(config.server))
    },
    close: (drainMs) => {
      closing = true
      return close(server, drainMs)
    },
  }
}

// A whole URL is what clients send to a proxy, and what a server has to take (RFC 9112 section 3.2.2).
const originForm = (target: string): string =>
  target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*\/?/i, '/')

// Node refuses to wait longer for the head than for the whole request.
const timeLimits = ({ readTimeoutMs, readHeaderTimeoutMs, idleTimeoutMs }: ServerConfig) => ({
  requestTimeout: readTimeoutMs,
  headersTimeout: Math.min(readHeaderTimeoutMs, readTimeoutMs),
  keepAliveTimeout: idleTimeoutMs,
})

/** Throws ConfigError when the two files do not make a certificate. */
export const certificate = ({ certFile, keyFile, pems }: TlsConfig) => {
  try {
    const cert = Buffer.from(pems?.cert ?? readFileSync(certFile))
    const key = Buffer.from(pems?.key ?? readFileSync(keyFile))
    const options = { cert, key, minVersion: 'TLSv1.2' as const }
    createSecureContext(options)
    return options
  } catch (error) {
    throw ConfigError.of('tls_cert_file', `${certFile} and ${keyFile} are of no use: ${(error as Error).message}`)
  }
}

/** @param option what the operator calls the address, for the error */
export const bind = (server: Server | TlsServer, listen: ListenAddress, option: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describe(error, listen, option)))
    server.listen('path' in listen ? { path: listen.path } : { host: listen.host, port: listen.port }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })

const describe = (error: NodeJS.ErrnoException, listen: ListenAddress, option: string): Error => {
  const steps: Record<string, string> = {
    EADDRINUSE: `another program listens there; stop it, or choose another address with ${option}`,
    EACCES: `it needs rights that this user does not have; choose another address with ${option}`,
    EADDRNOTAVAIL: `this machine does not have that address; choose another with ${option}`,
  }
  const step = steps[error.code ?? ''] ?? error.message
  const place = 'path' in listen ? listen.path : `${listen.host}:${listen.port}`
  return new Error(`cannot listen on ${place}: ${step}`, { cause: error })
}

export const addressOf = (server: Server | TlsServer, tls: boolean): string => {
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

import { once } from 'node:events'
import { unlink } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import type { ListenAddress } from '../config/config.js'
import { addressOf, bind } from '../http/listener.js'

/** A listener of its own, so that it is reached when the one for data is not. */
export interface AdminListener {
  /** As a URL, e.g. http://127.0.0.1:9090, or unix:/path */
  readonly address: string
  close(): Promise<void>
}

/** Throws Error when the address cannot be had. */
export const listenAdmin = async (listen: ListenAddress, handler: RequestListener): Promise<AdminListener> => {
  const server = createServer(
    { headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 },
    handler,
  )
  if ('path' in listen) await bindPath(server, listen.path)
  else await bind(server, listen, 'admin.listen')
  return {
    address: 'path' in listen ? `unix:${listen.path}` : addressOf(server, false),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

// Whoever may open the socket may reload the server, so it is this user's only, from the moment it is there.
const bindPath = async (server: Server, path: string): Promise<void> => {
  await removeLeftover(path)
  const mask = process.umask(0o177)
  try {
    await bind(server, { path }, 'admin.listen')
  } finally {
    process.umask(mask)
  }
}

// A server that was killed leaves its socket behind, and nobody answers there.
const removeLeftover = (path: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED')
        void unlink(path)
          .catch(() => {})
          .then(resolve)
      else resolve()
    })
  })

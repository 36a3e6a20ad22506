import { randomBytes } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Handshake, maxSocketPathBytes } from '@easyrest/protocol'
import type { Server, ServerCredentials } from '@grpc/grpc-js'
import { StartFailure } from './start-failure.js'

/** Where the plugin listens, as the handshake names it. */
export type Address = Pick<Handshake, 'network' | 'address'>

/** A unix socket in the host's private directory; TCP on 127.0.0.1 on Windows. Throws StartFailure. */
export const listen = async (server: Server, credentials: ServerCredentials): Promise<Address> =>
  process.platform === 'win32' ? listenOnTcp(server, credentials) : listenOnSocket(server, credentials)

const listenOnTcp = async (server: Server, credentials: ServerCredentials): Promise<Address> => {
  const port = await bind(server, '127.0.0.1:0', credentials)
  return { network: 'tcp', address: `127.0.0.1:${port}` }
}

const listenOnSocket = async (server: Server, credentials: ServerCredentials): Promise<Address> => {
  const path = socketPath()
  await bind(server, `unix:${path}`, credentials)
  chmodSync(path, 0o600)
  // However the process ends, short of SIGKILL, no socket stays behind.
  process.once('exit', () => rmSync(path, { force: true }))
  return { network: 'unix', address: path }
}

const socketPath = (): string => {
  const path = join(resolve(process.env.PLUGIN_UNIX_SOCKET_DIR || tmpdir()), `plugin${randomBytes(5).toString('hex')}`)
  const length = Buffer.byteLength(path)
  if (length <= maxSocketPathBytes) return path
  throw new StartFailure(
    `expected a socket path of at most ${maxSocketPathBytes} bytes, got ${length}: ${path}; set PLUGIN_UNIX_SOCKET_DIR or TMPDIR to a shorter directory`,
  )
}

const bind = (server: Server, target: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => {
      if (error) reject(new StartFailure(`cannot listen on ${target}: ${error.message}`, { cause: error }))
      else resolve(port)
    })
  })

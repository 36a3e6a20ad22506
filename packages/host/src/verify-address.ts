import { lstat, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { type Handshake, HandshakeError, maxSocketPathBytes, quoteOutput } from '@easyrest/protocol'

/**
 * Makes sure that the address of a handshake belongs to this process and to nobody else, so that no other program can
 * be reached, or can listen in. Throws HandshakeError.
 */
export const verifyAddress = async (handshake: Handshake, socketDirectory: string): Promise<void> => {
  if (handshake.network === 'tcp') verifyLoopback(handshake.address)
  else await verifySocket(handshake.address, socketDirectory)
}

/** host:port, where no other machine can connect. */
export const isLoopbackAddress = (address: string): boolean =>
  /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]):\d{1,5}$/.test(address)

const verifyLoopback = (address: string): void => {
  if (isLoopbackAddress(address)) return
  throw new HandshakeError(
    `expected a tcp address on this machine like 127.0.0.1:1234, got ${quoteOutput(address)}; listen on the loopback address or on a unix socket`,
  )
}

const verifySocket = async (path: string, socketDirectory: string): Promise<void> => {
  const bytes = Buffer.byteLength(path)
  if (bytes > maxSocketPathBytes) {
    throw new HandshakeError(`expected a socket path of at most ${maxSocketPathBytes} bytes, got ${bytes}`)
  }
  if (!isAbsolute(path)) throw new HandshakeError(`expected an absolute socket path, got ${quoteOutput(path)}`)
  if (!(await isInside(path, socketDirectory))) {
    throw new HandshakeError(
      `expected a socket in ${socketDirectory}, got ${quoteOutput(path)}; the plugin must listen in the directory of PLUGIN_UNIX_SOCKET_DIR`,
    )
  }
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) throw new HandshakeError(`expected a socket at ${path}, but nothing is there`)
  if (!found.isSocket()) throw new HandshakeError(`expected a socket at ${path}, but it is something else`)
}

// Links on the way are followed; the last part must be the socket itself.
const isInside = async (path: string, directory: string): Promise<boolean> => {
  const parent = await realpath(dirname(path)).catch(() => undefined)
  if (parent === undefined) return false
  const below = relative(await realpath(directory), parent)
  return below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
}

import { lstat } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Handshake, HandshakeError, parseHandshake } from '@easyrest/protocol'
import { peerCertificate } from './peer-certificate.js'
import type { PluginExit } from './plugin-start-error.js'
import type { PluginChild } from './spawn-plugin.js'
import { isLoopbackAddress } from './verify-address.js'

/**
 * A plugin that somebody else runs, under a debugger say: the host uses it, and neither starts nor ends it. What counts
 * as its exit is that nothing listens at its address any more, or `kill`. Rejects with HandshakeError.
 * @param line the handshake that it printed
 */
export const attachPlugin = async (line: string): Promise<PluginChild> => {
  const handshake = parseHandshake(line)
  await verifyOwner(handshake)
  const peer = peerCertificate(handshake, false, 'never')
  const end = new AbortController()
  const exited = whenDeaf(handshake, end.signal)
  const program = `at ${handshake.address}`
  return { pid: 0, program, handshake, peer, exited, lastWords: async () => [], kill: () => end.abort() }
}

/** What the connection is told, its password included, goes there. */
const verifyOwner = async ({ network, address }: Handshake): Promise<void> => {
  if (network === 'tcp') {
    if (isLoopbackAddress(address)) return
    throw new HandshakeError(`expected a tcp address on this machine like 127.0.0.1:1234, got ${address}`)
  }
  const found = await lstat(address).catch(() => undefined)
  if (!found?.isSocket()) throw new HandshakeError(`expected a socket at ${address}; is the plugin still running?`)
  if (found.uid === process.getuid?.() || found.uid === 0) return
  throw new HandshakeError(`expected a socket of this user at ${address}, got one of user ${found.uid}`)
}

const whenDeaf = async (handshake: Handshake, signal: AbortSignal): Promise<PluginExit> => {
  while (!signal.aborted && (await listens(handshake))) await delay(1000, undefined, { signal }).catch(() => {})
  return { code: undefined, signal: undefined }
}

/** Also true of a process that a debugger holds: the kernel takes the connection. */
const listens = ({ network, address }: Handshake): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = network === 'unix' ? connect(address) : connect(portOf(address), '127.0.0.1')
    const settle = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1))

import cluster, { type Worker } from 'node:cluster'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * node:cluster hands a connection to a worker and waits for the worker's word that it has taken it. When the worker ends
 * before that, Node neither gives the connection to another nor closes it, and its client waits for ever. This says for
 * the worker that it did not take it, in Node's own words, whereupon Node gives it to another.
 */
export const returnConnections = ({ process }: Worker): void => {
  const handed = new Map<number, Closable>()
  const send = process.send.bind(process) as (...all: unknown[]) => boolean
  process.send = (message: unknown, handle?: unknown, ...rest: unknown[]) => {
    if (isHandover(message)) handed.set(message.seq, handle as Closable)
    return send(message, handle, ...rest)
  }
  process.on('internalMessage', ({ ack }: { ack?: number }) => void handed.delete(ack ?? 0))
  let disconnected = false
  process.once('disconnect', () => {
    disconnected = true
  })
  process.once('exit', async () => {
    // Everything that it has said is heard first: a connection that it did take is not another's.
    for (let tries = 0; process.connected && tries < 100; tries++) await delay(10)
    // Node does not say so of a process that ended with a connection on the way, and cluster would count on it further.
    if (!disconnected) process.emit('disconnect')
    const hasOthers = Object.values(cluster.workers ?? {}).some((other) => other?.isConnected())
    for (const [seq, handle] of handed) {
      if (hasOthers) process.emit('internalMessage', { cmd: clusterCommand, ack: seq, accepted: false }, undefined)
      else handle.close()
    }
  })
}

interface Closable {
  close(): void
}

const isHandover = (message: unknown): message is { readonly seq: number } => {
  const { cmd, act } = message as { cmd?: unknown; act?: unknown }
  return cmd === clusterCommand && act === 'newconn'
}

const clusterCommand = 'NODE_CLUSTER'

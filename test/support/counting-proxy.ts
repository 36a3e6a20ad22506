import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Passes everything on between a client and a server, and counts how often the client had to wait for an answer. */
export interface CountingProxy {
  readonly port: number
  /** Messages of clients that came after something of the server, since the last time. */
  takeRoundTrips(): number
  close(): Promise<void>
}

/** @param target where the server listens on 127.0.0.1 */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  let roundTrips = 0
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  }
  const proxy = createServer((client) => {
    const server = keep(connect(target, '127.0.0.1'))
    let isAnswered = true
    keep(client).on('data', () => {
      if (isAnswered) roundTrips++
      isAnswered = false
    })
    server.on('data', () => {
      isAnswered = true
    })
    client.pipe(server).pipe(client)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    takeRoundTrips: () => {
      const taken = roundTrips
      roundTrips = 0
      return taken
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Passes everything on between a client and a server until it has forgotten their connection, as a firewall does. */
export interface ForgetfulProxy {
  readonly port: number
  /** Connections that are open now end, and their clients are told when they next send something. */
  forget(): number
  close(): Promise<void>
}

/** @param target where the server listens on 127.0.0.1 */
export async function startForgetfulProxy(target: number): Promise<ForgetfulProxy> {
  const pairs = new Map<Socket, Socket>()
  const proxy = createServer((client) => {
    const server = connect(target, '127.0.0.1').on('error', () => {})
    pairs.set(
      client.on('error', () => {}),
      server,
    )
    client.pipe(server).pipe(client)
    client.once('close', () => {
      pairs.delete(client)
      server.destroy()
    })
    server.once('close', () => pairs.get(client) === server && client.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    forget: () => {
      const known = [...pairs]
      for (const [client, server] of known) {
        pairs.delete(client)
        client.unpipe(server)
        server.unpipe(client)
        server.destroy()
        client.once('data', () => client.resetAndDestroy()).resume()
      }
      return known.length
    },
    close: async () => {
      for (const sockets of pairs) for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

import { connect, createServer, type Server, type Socket } from 'node:net'

/** A proxy on loopback in front of a server, which counts how often its clients waited for an answer. */
export class CountingProxy {
  /** Times that bytes of a client followed bytes of the server, on one connection: what a network's latency is paid for. */
  roundTrips = 0
  private readonly sockets = new Set<Socket>()

  private constructor(private readonly server: Server) {}

  static async open(host: string, port: number): Promise<CountingProxy> {
    const server = createServer()
    const proxy = new CountingProxy(server)
    server.on('connection', (client) => proxy.join(client, connect(port, host)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.server.address() as { port: number }).port
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
  }

  private join(client: Socket, upstream: Socket): void {
    let waiting = false
    client.on('data', () => {
      if (!waiting) this.roundTrips++
      waiting = true
    })
    upstream.on('data', () => {
      waiting = false
    })
    for (const socket of [client, upstream]) {
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  }
}

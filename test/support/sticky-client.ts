import { Agent, request } from 'node:http'
import { authorization } from './pid-connection.js'
import type { TestServer } from './start-server.js'

export interface StickyAnswer {
  readonly status: number
  readonly body: string
  /** The process that answered, as its request ids tell it; the same as long as the connection stands. */
  readonly worker: string
}

/** A client with one connection that it keeps open. */
export class StickyClient {
  /** That answered last. */
  worker: string | undefined
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(private readonly server: TestServer) {}

  /** Rejects when the connection breaks, and opens another for the next request. */
  get(target: string, timeoutMs = 10_000): Promise<StickyAnswer> {
    return new Promise((resolve, reject) => {
      const headers = Object.fromEntries([authorization()])
      const asked = request(this.server.origin + target, { agent: this.agent, headers }, async (response) => {
        try {
          const body = (await response.toArray()).join('')
          this.worker = String(response.headers['x-request-id']).slice(0, 8)
          resolve({ status: response.statusCode ?? 0, body, worker: this.worker })
        } catch (error) {
          reject(error)
        }
      })
      asked.setTimeout(timeoutMs, () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)))
      asked.on('error', reject)
      asked.end()
    })
  }

  close(): void {
    this.agent.destroy()
  }
}

/** So many, each of which has its connection. */
export async function stickyClients(server: TestServer, count: number, target: string): Promise<StickyClient[]> {
  const clients = Array.from({ length: count }, () => new StickyClient(server))
  await Promise.all(clients.map((client) => client.get(target)))
  return clients
}

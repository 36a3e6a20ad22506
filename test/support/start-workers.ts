import type { TestContext } from 'node:test'
import { commandOf } from './command-of.js'
import { childrenOf } from './is-running.js'
import { pidConfig, pidTarget } from './pid-connection.js'
import { startServer, type TestServer } from './start-server.js'
import { type StickyClient, stickyClients } from './sticky-client.js'

/** A server on the connection `p` to the fixture that answers its process id, with every worker serving. */
export async function startWorkers(t: TestContext, more: object, settings: object = {}): Promise<TestServer> {
  const server = await startServer({
    config: async (directory) => ({ ...(await pidConfig(directory, 'pid://one', settings)), ...more }),
  })
  t.after(() => server.stop())
  // The first worker answers before the others do.
  await server.logLine(/listening on http/, 15_000)
  return server
}

/** Clients that have a connection each, and know who answers them. */
export async function clientsOf(t: TestContext, server: TestServer, count: number): Promise<StickyClient[]> {
  const clients = await stickyClients(server, count, pidTarget())
  t.after(() => {
    for (const client of clients) client.close()
  })
  return clients
}

/** The process ids of the workers. */
export function workersOf(server: TestServer): number[] {
  return childrenOf(server.pid).filter((pid) => commandOf(pid) === 'easyrest-worker')
}

import type { TestServer } from './start-server.js'

/** Waits until these connections are ready: on a busy machine a plugin may take longer than a request waits. */
export function allReady(server: TestServer, connections: readonly string[]): Promise<unknown> {
  return Promise.all(connections.map((name) => server.logLine(new RegExp(`"${name}: ready: `), 15_000)))
}

import { type HttpAnswer, send } from './http.js'
import type { RequestOptions, TestServer } from './start-server.js'

/** For the configuration: a listener for operators on a free port. */
export const anyAdminPort = { listen: '127.0.0.1:0' }

/** Where it came to listen. */
export async function adminOrigin(server: TestServer): Promise<string> {
  const line = await server.logLine(/listening for operators on http/)
  return (JSON.parse(line) as { address: string }).address
}

export async function askAdmin(server: TestServer, target: string, options: RequestOptions = {}): Promise<HttpAnswer> {
  return send({ origin: await adminOrigin(server), target, ...options })
}

/** The value of one line of /metrics; 0 when there is no such line. */
export async function metric(server: TestServer, line: string): Promise<number> {
  const text = (await askAdmin(server, '/metrics')).text()
  const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `))
  return found === undefined ? 0 : Number(found.slice(line.length))
}

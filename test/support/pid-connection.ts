import { fixtureProgram } from './fixture-program.js'
import type { TestServer } from './start-server.js'
import type { TemporaryDirectory } from './temporary-directory.js'
import { type Claims, signToken } from './token.js'

export interface PidAnswer {
  readonly pid: number
  readonly uri: string
}

/** The configuration of one connection `p` to the fixture that answers its process id. */
export async function pidConfig(directory: TemporaryDirectory, uri: string, settings: object = {}): Promise<object> {
  const path = await fixtureProgram('pid-plugin', directory)
  return { plugins: { p: { uri, path, ...settings } } }
}

/** Asks which process answers. Throws unless the answer is 200. */
export async function askPid(server: TestServer, sleepMs = 0): Promise<PidAnswer> {
  const answer = await server.request(pidTarget(sleepMs), { headers: [authorization()] })
  if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}: ${answer.text()}`)
  const [row] = answer.json() as PidAnswer[]
  if (row === undefined) throw new Error(`expected one row, got ${answer.text()}`)
  return row
}

export const pidTarget = (sleepMs = 0): string => `/api/p/any/${sleepMs > 0 ? `?where.eq.sleep_ms=${sleepMs}` : ''}`

/** A token for everything. */
export const authorization = (claims: Claims = {}): [string, string] => [
  'Authorization',
  `Bearer ${signToken({ scope: 'read write', ...claims })}`,
]

import type { Redis } from 'ioredis'
import type { ServerProcess } from './server-process.js'

/** A Redis to test with: one of our own, or the one that the environment names. */
export interface RedisServer {
  /** Of an empty database of it. */
  readonly uri: string
  /** For the test's own commands, in that database. */
  readonly client: Redis
  readonly password: string
  readonly port: number
  /** To restart, stop and kill it; undefined: it is not ours. */
  readonly process: ServerProcess | undefined
  stop(): Promise<void>
}

export interface RedisOptions {
  /** What was set survives a crash of the machine. */
  readonly durable?: boolean
  /** The server's own settings, by its names: { maxclients: '5' }. */
  readonly settings?: Readonly<Record<string, string>>
  /** It speaks TLS only, with the certificate test/support/tls/first.crt. */
  readonly tls?: boolean
}

import type { TestServer } from '../../support/start-server.js'

/** A server with the connection `t`, whose database has the tables of the schemas users and kinds and notes what it is told. */
export interface RecordedServer {
  readonly server: TestServer
  /** Every statement since the start. */
  statements(): Promise<readonly string[]>
  /** What all tables hold, and what tables there are. */
  dump(): Promise<Dump>
  /** The rows of the beginning. */
  reset(): Promise<void>
  close(): Promise<void>
}

export interface Dump {
  /** Everything but the rows of users. */
  readonly rest: unknown
  readonly users: readonly { readonly id: number; readonly name: string | null }[]
}

/** Documents in the same database; nothing is removed meanwhile, which would be a statement that no request has led to. */
export const kv = { connection: 't', preset: 'plain', cleanup_interval: '0s' }

/** The rows of the beginning, in any kind of SQL. */
export const firstRows = `
  INSERT INTO users (id, name, update_field) VALUES (1, 'first', 'a'), (2, 'second', 'b'), (3, 'third', NULL);
  INSERT INTO kinds (id, i, r, t) VALUES (1, 1, 1.5, 'x'), (2, NULL, NULL, NULL);`

import type { DatabaseAddress, Row, StatementRecord } from './database-server.js'

/** What differs between the databases for whoever makes and drops databases in a server. */
export interface DatabaseEngine {
  /** Of a connection's URI. */
  readonly scheme: string
  /** The database that every server has, for those who want none of their own. */
  readonly serverDatabase: string
  /** Connects, runs the statements, disconnects; resolves to the rows of the last one. */
  run(address: DatabaseAddress, database: string, sql: string): Promise<Row[]>
  /** Statements that make a database, to be run one by one; `owner` is absent where its maker is to own it. */
  create(database: string, owner: string | undefined): readonly string[]
  drop(database: string): string
  /** Ends the connections of a user but not the one that asks for it; resolves to how many there were. */
  terminate(user: string, sql: RunSql): Promise<number>
  record(server: RecordedServer): Promise<StatementRecord>
}

export interface RecordedServer {
  /** Whose statements. */
  readonly user: string
  readonly sql: RunSql
  log(): string
}

/** As administrator, in the server's own database. */
export type RunSql = (text: string) => Promise<Row[]>

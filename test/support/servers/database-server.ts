import type { ServerProcess } from './server-process.js'

export type Row = Record<string, unknown>

/** A PostgreSQL or MariaDB server to test with: one of our own, or the one that the environment names. */
export interface DatabaseServer {
  /** An empty database with a user that owns it and is no administrator. */
  createDatabase(sql?: string): Promise<TestDatabase>
  /** As administrator, in the server's own database. Several statements are separated by semicolons. */
  sql(text: string): Promise<Row[]>
  /** Ends every connection of the databases' user; resolves to how many there were. */
  terminateConnections(): Promise<number>
  /** Has the server note every statement of the databases' user from now on. Only with a server of our own. */
  recordStatements(): Promise<StatementRecord>
  /** To restart, stop and kill it; undefined: it is not ours. */
  readonly process: ServerProcess | undefined
  /** What can connect, for URIs with other options. */
  readonly address: DatabaseAddress
  /** Removes the databases that were made, and the server if it is ours. */
  stop(): Promise<void>
}

export interface DatabaseAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** Directory of PostgreSQL's socket, path of MariaDB's; undefined where the server is not ours. */
  readonly socket?: string
}

export interface TestDatabase {
  readonly name: string
  /** As a connection's URI: the scheme, user and password, address, database. */
  readonly uri: string
  /** As the database's user; resolves to the rows of the last statement. */
  sql(text: string): Promise<Row[]>
  drop(): Promise<void>
}

export interface StatementRecord {
  /**
   * The statements so far in the order of their arrival, as text: with placeholders where values were sent apart. One that the
   * server could not parse is among them.
   */
  read(): Promise<string[]>
}

export interface ServerOptions {
  /** What was committed survives a crash of the machine too; without it only one of the server. Slower. */
  readonly durable?: boolean
  /** The server's own settings, by its names: { max_connections: '5' }. */
  readonly settings?: Readonly<Record<string, string>>
  /** It offers TLS with the certificate test/support/tls/first.crt, for 127.0.0.1 and localhost. */
  readonly tls?: boolean
}

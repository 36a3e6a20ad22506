import type { Socket } from 'node:net'
import type { Statement } from '@easyrest/sql'
import mysql, { type ConnectionOptions, type Connection as DriverConnection } from 'mysql2'
import { MysqlFailure, toFailure } from './mysql-failure.js'

/** A value as the binary protocol brings it: numbers up to 32 bits and doubles, text for everything larger, bytes. */
export type MysqlValue = null | number | string | Buffer | object
export type MysqlRow = readonly MysqlValue[]

/** What the protocol says of a column of an answer. */
export interface Field {
  readonly name: string
  /** A number of mysql2's Types. */
  readonly columnType: number
  /** Of a number its display width, of a bit field its bits. */
  readonly columnLength: number
  readonly flags: number
  /** Set by MariaDB for what it sends as text: 'json'. */
  readonly extendedFormat?: string
}

/** Takes what a statement answers, as it arrives. */
export interface RowSink {
  /** A set of rows begins. */
  open(fields: readonly Field[]): void
  /** Whatever it throws fails the statement; rows that still arrive are dropped. */
  row(row: MysqlRow): void
}

/** What a statement did. */
export interface Outcome {
  /** Rows matched or written. */
  readonly affected: number
  /** The first generated key; 0: none. */
  readonly insertId: number | string
}

/**
 * The one place that knows the driver: a connection that runs one statement at a time, prepared, with its values as
 * parameters. Throws MysqlFailure.
 */
export class Connection {
  readonly openedAt = Date.now()
  private current: ((failure: MysqlFailure) => void) | undefined
  private lost: MysqlFailure | undefined
  private running = false

  private constructor(private readonly driver: DriverConnection) {
    driver.on('error', (error) => this.lose(toFailure(error)))
    driver.on('end', () =>
      this.lose(new MysqlFailure('the server closed the connection', 0, 'PROTOCOL_CONNECTION_LOST')),
    )
  }

  /** Connects and logs in. */
  static open(options: ConnectionOptions): Promise<Connection> {
    const driver = mysql.createConnection({ ...fixedOptions, ...options })
    return new Promise((resolve, reject) => {
      driver.once('error', (error) => {
        closeNow(driver)
        reject(toFailure(error))
      })
      driver.once('connect', () => resolve(new Connection(driver)))
    })
  }

  /** The server's number for it, for KILL. */
  get id(): number {
    return this.driver.threadId
  }

  get isUsable(): boolean {
    return this.lost === undefined
  }

  get isRunning(): boolean {
    return this.running
  }

  /** Runs a statement to its end. */
  async run({ text, parameters }: Statement, sink?: RowSink): Promise<Outcome> {
    if (this.lost !== undefined) throw this.lost
    this.running = true
    try {
      return await this.execute(text, parameters, sink)
    } finally {
      this.running = false
      this.current = undefined
    }
  }

  /** The rows of a statement. */
  async rows(statement: Statement): Promise<MysqlRow[]> {
    const rows: MysqlRow[] = []
    await this.run(statement, { open: () => {}, row: (row) => rows.push(row) })
    return rows
  }

  /** The server forgets a statement that will not come again. */
  forget(text: string): void {
    if (this.isUsable) this.driver.unprepare(text)
  }

  /** Everything that the session holds is gone: variables, locks, temporary tables, settings, prepared statements. */
  reset(): Promise<void> {
    if (this.lost !== undefined) return Promise.reject(this.lost)
    return new Promise((resolve, reject) => {
      this.current = reject
      this.driver.reset((error) => (error ? reject(toFailure(error)) : resolve()))
    })
  }

  /** No more rows are taken from the network until `resume`. */
  pause(): void {
    this.driver.pause()
  }

  resume(): void {
    if (this.isUsable) this.driver.resume()
  }

  /** Says goodbye, so that the server does not report a client that was lost. For a connection that runs nothing. */
  end(): void {
    if (this.lost !== undefined || this.running) return this.destroy()
    this.driver.end(() => {})
    setTimeout(() => this.destroy(), patienceMs).unref()
  }

  /** Ends it at once; a statement that runs fails. */
  destroy(): void {
    this.lose(new MysqlFailure('the connection was closed', 0, 'CLOSED'))
    closeNow(this.driver)
  }

  private execute(text: string, parameters: readonly unknown[], sink: RowSink | undefined): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.current = reject
      let outcome: Outcome = { affected: 0, insertId: 0 }
      let failure: unknown
      let dropped = 0
      let hasRows = false
      const attempt = (action: () => void): void => {
        try {
          if (failure === undefined) action()
          else if (++dropped === mostDropped) this.giveUp(reject, failure)
        } catch (error) {
          // Thrown on, it would break the connection.
          failure = error
        }
      }
      const command = this.driver.execute({ sql: text, values: [...parameters] as never, rowsAsArray: true })
      command.on('fields', (fields: unknown) => {
        hasRows = fields !== undefined
        if (hasRows) attempt(() => sink?.open(fields as Field[]))
        if (hasRows) hideNames(fields as { name: string }[])
      })
      command.on('result', (result: unknown) => {
        if (hasRows) attempt(() => sink?.row(result as MysqlRow))
        else outcome = outcomeOf(result as mysql.ResultSetHeader)
      })
      command.on('error', (error) => reject(toFailure(error)))
      command.on('end', () => (failure === undefined ? resolve(outcome) : reject(failure)))
    })
  }

  // To take off all that is still to come may last longer than to connect again.
  private giveUp(reject: (failure: unknown) => void, failure: unknown): void {
    reject(failure)
    this.destroy()
  }

  private lose(failure: MysqlFailure): void {
    this.lost ??= failure
    this.current?.(this.lost)
  }
}

// Columns named like members of every object, such as __proto__, make the driver break the connection, also where rows are
// arrays. It needs no names.
const hideNames = (fields: readonly { name: string }[]): void => {
  for (const field of fields) if (field.name.startsWith('__')) field.name = ''
}

const mostDropped = 1000
const patienceMs = 1000

// The driver's own end waits for that of the server, and a server that hangs has none.
const closeNow = (driver: DriverConnection): void => {
  driver.destroy()
  ;(driver as unknown as { readonly stream: Socket }).stream.destroy()
}

const outcomeOf = ({ affectedRows, insertId }: mysql.ResultSetHeader): Outcome => ({ affected: affectedRows, insertId })

const fixedOptions: ConnectionOptions = {
  charset: 'utf8mb4_unicode_ci',
  // Every digit of a 64-bit integer and of a decimal, and dates as they are.
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
  jsonStrings: true,
  // The server must not ask for files of this machine. OUT parameters of procedures come as rows.
  flags: ['-LOCAL_FILES', 'PS_MULTI_RESULTS'],
  enableKeepAlive: true,
}

import type { Call } from '@easyrest/plugin'
import { PluginError } from '@easyrest/protocol'
import type { Connection } from './connection.js'
import type { MysqlUri } from './mysql-uri.js'
import { logIn, type OpenedConnection, openConnection } from './open-connection.js'

/** Connections to one database: opened when they are needed, lent to one call at a time, few kept when nobody calls. */
export class ConnectionPool {
  private readonly idle: IdleConnection[] = []
  private readonly waiting: Waiter[] = []
  private readonly interrupted = new WeakSet<Connection>()
  private open = 0
  private closed = false
  private readonly sweeper: NodeJS.Timeout

  constructor(private readonly uri: MysqlUri) {
    this.sweeper = setInterval(() => this.sweep(), sweepMs).unref()
  }

  /**
   * A connection for one caller, who releases it. Throws `unavailable` when the database cannot be reached or all
   * connections stay busy for the time of the URI's `timeout`, and the call's own error when nobody waits any more.
   */
  async acquire(call?: Call): Promise<OpenedConnection> {
    if (this.closed) throw new PluginError('unavailable', 'the plugin is stopping')
    const idle = this.takeIdle()
    if (idle !== undefined) return idle
    if (this.open >= this.uri.maxOpenConns) return this.wait(call)
    this.open++
    try {
      return await openConnection(this.uri)
    } catch (error) {
      this.leave()
      throw error
    }
  }

  /** Gives a connection back, for the next who waits; one that is of no use any more is closed. */
  release(opened: OpenedConnection): void {
    if (this.closed || !this.isGood(opened.connection)) return this.discard(opened)
    const waiter = this.waiting.shift()
    if (waiter !== undefined) waiter.take(opened)
    else if (this.idle.length >= this.uri.maxIdleConns) this.discard(opened)
    else this.idle.push({ opened, since: Date.now() })
  }

  /**
   * Makes the server give up what the connection runs, and closes the connection: a KILL that is late would hit the next
   * statement. A server that does not answer is not waited for.
   */
  async interrupt({ connection, host }: OpenedConnection): Promise<void> {
    // Whatever comes of it, nobody else gets this connection.
    this.interrupted.add(connection)
    const { id } = connection
    const patience = setTimeout(() => connection.destroy(), patienceMs)
    try {
      const killer = await logIn({ ...this.uri, timeoutMs: patienceMs }, host)
      if (connection.isUsable) await killer.run({ text: `KILL QUERY ${id}`, parameters: [] }).catch(() => {})
      killer.end()
    } catch {
      // Nobody is there to take the order; the end of the connection has to do.
    }
    clearTimeout(patience)
    connection.destroy()
  }

  /** Closes what nobody uses. */
  dropIdle(): void {
    for (const { opened } of this.idle.splice(0)) this.discard(opened)
  }

  close(): void {
    this.closed = true
    clearInterval(this.sweeper)
    for (const { opened } of this.idle.splice(0)) opened.connection.end()
    for (const waiter of this.waiting.splice(0)) waiter.fail(new PluginError('unavailable', 'the plugin is stopping'))
  }

  /** The latest used first, so that the others can be closed. */
  private takeIdle(): OpenedConnection | undefined {
    for (let last = this.idle.pop(); last !== undefined; last = this.idle.pop()) {
      if (this.isGood(last.opened.connection)) return last.opened
      this.discard(last.opened)
    }
    return undefined
  }

  private wait(call: Call | undefined): Promise<OpenedConnection> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take: (opened) => end(() => resolve(opened)),
        fail: (error) => end(() => reject(error)),
      }
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        call?.signal.removeEventListener('abort', abort)
        const index = this.waiting.indexOf(waiter)
        if (index >= 0) this.waiting.splice(index, 1)
        settle()
      }
      const abort = (): void => waiter.fail(call!.signal.reason)
      const timer = setTimeout(() => waiter.fail(allBusy(this.uri)), this.uri.timeoutMs)
      call?.signal.addEventListener('abort', abort)
      this.waiting.push(waiter)
    })
  }

  private discard({ connection }: OpenedConnection): void {
    connection.end()
    this.leave()
  }

  /** A connection is gone: whoever waits gets a new one. */
  private leave(): void {
    this.open--
    const waiter = this.waiting.shift()
    if (waiter !== undefined) this.acquire().then(waiter.take, waiter.fail)
  }

  private isGood(connection: Connection): boolean {
    const isOld = Date.now() - connection.openedAt > this.uri.connMaxLifetimeMs
    return connection.isUsable && !isOld && !this.interrupted.has(connection)
  }

  private sweep(): void {
    const oldest = Date.now() - this.uri.connMaxIdleTimeMs
    const stale = this.idle.filter(({ opened, since }) => since < oldest || !this.isGood(opened.connection))
    for (const entry of stale) {
      this.idle.splice(this.idle.indexOf(entry), 1)
      this.discard(entry.opened)
    }
  }
}

interface IdleConnection {
  readonly opened: OpenedConnection
  readonly since: number
}

interface Waiter {
  take(opened: OpenedConnection): void
  fail(error: unknown): void
}

const sweepMs = 10_000
const patienceMs = 1000

const allBusy = ({ maxOpenConns, timeoutMs }: MysqlUri): PluginError =>
  new PluginError(
    'unavailable',
    `all ${maxOpenConns} connections to the database were busy for ${timeoutMs} ms; try again`,
    {
      details: { hint: 'raise maxOpenConns in the connection URI' },
      retryAfterMs: 1000,
    },
  )

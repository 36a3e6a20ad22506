import { PluginError } from '@easyrest/protocol'
import type { PoolSettings } from './connect/postgres-uri.js'
import type { ServerConnection } from './server-connection.js'

/** Connections to one database: as many as are needed, up to a limit; whoever comes then waits in line. */
export class ConnectionPool {
  private readonly idle: PooledConnection[] = []
  private readonly waiting: Waiter[] = []
  private readonly open = new Set<ServerConnection>()
  private opening = 0
  private readonly sweeper: NodeJS.Timeout
  private isClosed = false

  constructor(
    private readonly settings: PoolSettings,
    private readonly connect: () => Promise<ServerConnection>,
  ) {
    this.sweeper = setInterval(() => this.closeUnused(), sweepMs).unref()
  }

  /**
   * A connection that nobody else uses until `release`. Throws `unavailable` when there is none in time, or when the
   * database cannot be reached; rejects with the reason of the signal when the caller gave up.
   */
  acquire(signal?: AbortSignal): Promise<ServerConnection> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const known = this.idle.pop()
    if (known !== undefined) return Promise.resolve(known.connection)
    return new Promise((resolve, reject) => {
      this.enqueue(resolve, reject, signal)
      this.openMore()
    })
  }

  /** Gives a connection back. One with a transaction that nobody ended is not used again. */
  release(connection: ServerConnection): void {
    if (connection.isClosed) return
    const isUsable = connection.status === 'idle' && !this.isClosed && !this.isOld(connection)
    if (!isUsable) return connection.close()
    const next = this.waiting.shift()
    if (next !== undefined) next.resolve(connection)
    else this.idle.push({ connection, since: performance.now() })
  }

  /** Closes what nobody uses. */
  dropIdle(): void {
    for (const { connection } of this.idle.splice(0)) connection.close()
  }

  close(): void {
    this.isClosed = true
    clearInterval(this.sweeper)
    this.dropIdle()
  }

  private enqueue(
    resolve: (connection: ServerConnection) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ): void {
    const leave = (error: unknown) => {
      const index = this.waiting.indexOf(waiter)
      if (index < 0) return
      this.waiting.splice(index, 1)
      waiter.reject(error)
    }
    const timer = setTimeout(() => leave(this.exhausted()), this.settings.waitMs)
    const onAbort = () => leave(signal!.reason)
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const waiter: Waiter = {
      resolve: (connection) => {
        settle()
        resolve(connection)
      },
      reject: (error) => {
        settle()
        reject(error)
      },
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    this.waiting.push(waiter)
  }

  private openMore(): void {
    const room = this.settings.maxConnections - this.open.size - this.opening
    if (room > 0 && this.opening < this.waiting.length) void this.openOne()
  }

  private async openOne(): Promise<void> {
    this.opening++
    try {
      const connection = await this.connect()
      this.opening--
      this.adopt(connection)
    } catch (error) {
      this.opening--
      this.waiting.shift()?.reject(error)
    }
    this.openMore()
  }

  private adopt(connection: ServerConnection): void {
    this.open.add(connection)
    births.set(connection, performance.now())
    connection.onClosed = () => this.lost(connection)
    this.release(connection)
  }

  private lost(connection: ServerConnection): void {
    this.open.delete(connection)
    const index = this.idle.findIndex((entry) => entry.connection === connection)
    if (index >= 0) this.idle.splice(index, 1)
    this.openMore()
  }

  private closeUnused(): void {
    const now = performance.now()
    const unused = this.idle.filter(({ since }) => now - since > this.settings.idleMs)
    const old = this.idle.filter(({ connection }) => this.isOld(connection))
    const spare = unused.slice(0, Math.max(0, this.idle.length - this.settings.idleConnections))
    for (const entry of new Set([...old, ...spare])) {
      this.idle.splice(this.idle.indexOf(entry), 1)
      entry.connection.close()
    }
  }

  private isOld(connection: ServerConnection): boolean {
    const { lifetimeMs } = this.settings
    return lifetimeMs > 0 && performance.now() - births.get(connection)! > lifetimeMs
  }

  private exhausted(): PluginError {
    const { maxConnections, waitMs } = this.settings
    const problem = `no connection was free within ${waitMs} ms; all ${maxConnections} are in use`
    return new PluginError('unavailable', 'the database is busy; try again', {
      details: { log: `${problem} (maxOpenConns, pool_timeout)` },
      retryAfterMs: 1000,
    })
  }
}

interface PooledConnection {
  readonly connection: ServerConnection
  readonly since: number
}

interface Waiter {
  readonly resolve: (connection: ServerConnection) => void
  readonly reject: (error: unknown) => void
}

const births = new WeakMap<ServerConnection, number>()

const sweepMs = 30_000

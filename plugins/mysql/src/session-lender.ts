import type { Call } from '@easyrest/plugin'
import type { RequestContext } from '@easyrest/protocol'
import { Catalog } from './catalog.js'
import type { Connection } from './connection.js'
import { ConnectionPool } from './connection-pool.js'
import { ContextVariables } from './context-variables.js'
import { MysqlSession } from './mysql-session.js'
import type { MysqlUri } from './mysql-uri.js'
import { type OpenedConnection, prepareSession } from './open-connection.js'
import type { Server } from './server.js'
import { SessionSettings, type SessionWish, sessionOffset } from './session-settings.js'
import { isLost, mostTries } from './try-again.js'

/** What a call wants of its session. */
export interface SessionNeeds {
  readonly context: RequestContext | undefined
  readonly call: Call | undefined
  /** Code of the database may run, and may look at the context. */
  readonly needsContext: boolean
  /** Statements belong to a transaction that the call ends itself. */
  readonly inTransaction: boolean
  /** It may last as long as its reader likes, so that it must not keep the others waiting. */
  readonly isStream?: boolean
}

/** A session in the hands of a call, which ends it. */
export interface Loan {
  readonly session: MysqlSession
  end(): void
}

/** Lends sessions on the connections of a pool, and cleans up behind them. */
export class SessionLender {
  readonly catalog: Catalog
  private readonly pool: ConnectionPool
  private readonly streamPool: ConnectionPool
  private readonly variables: ContextVariables
  private readonly settings: SessionSettings

  /** @param assumed what the server is taken to be able to, whatever it says */
  constructor(
    uri: MysqlUri,
    private readonly assumed: Partial<Server>,
  ) {
    this.pool = new ConnectionPool(uri)
    this.streamPool = new ConnectionPool(uri)
    this.catalog = new Catalog((work) => this.aside(work))
    this.variables = new ContextVariables(uri.contextVariables)
    this.settings = new SessionSettings(this.variables)
  }

  /** Whether a server is there: its name. */
  async ping(call?: Call): Promise<string> {
    const opened = await this.pool.acquire(call)
    this.pool.release(opened)
    return opened.server.name
  }

  /** A session for one call; what it runs is given up when nobody waits for the call any more. */
  async borrow(needs: SessionNeeds, tries = 1): Promise<Loan> {
    const { context, call, needsContext } = needs
    if (needsContext) await this.variables.refresh((look) => this.aside(look))
    const pool = needs.isStream ? this.streamPool : this.pool
    const opened = await pool.acquire(call)
    const end = this.interruptible(pool, opened, call)
    try {
      const remainingMs = call?.remainingMs ?? Number.POSITIVE_INFINITY
      await this.settings.apply(opened.connection, opened.server, { ...needs, remainingMs })
    } catch (error) {
      end()
      if (call?.cancelled) throw call.signal.reason
      this.doubtOthers(error)
      // A connection that the server has closed while nobody used it: nothing was done on it.
      if (isLost(error) && tries < mostTries) return this.borrow(needs, tries + 1)
      throw error
    }
    const server = { ...opened.server, ...this.assumed }
    const offset = sessionOffset(context)
    return { session: new MysqlSession(opened.connection, server, this.catalog, context, offset, call), end }
  }

  /** For the length of a piece of work. */
  async lend<Result>(needs: SessionNeeds, work: (session: MysqlSession) => Promise<Result>): Promise<Result> {
    const loan = await this.borrow(needs)
    try {
      return await work(loan.session)
    } catch (error) {
      this.doubtOthers(error)
      throw needs.call?.cancelled ? needs.call.signal.reason : error
    } finally {
      loan.end()
    }
  }

  /** Where one connection was lost, the others that wait may be lost too, without having been told yet. */
  doubtOthers(error: unknown): void {
    if (!isLost(error)) return
    this.pool.dropIdle()
    this.streamPool.dropIdle()
  }

  /** The session is as new, whatever was done in it. */
  async renew({ connection }: MysqlSession): Promise<void> {
    try {
      await connection.reset()
      this.settings.forget(connection)
      await prepareSession(connection)
    } catch {
      connection.destroy()
    }
  }

  close(): void {
    this.pool.close()
    this.streamPool.close()
  }

  private interruptible(pool: ConnectionPool, opened: OpenedConnection, call: Call | undefined): () => void {
    const interrupt = (): void => void pool.interrupt(opened)
    call?.signal.addEventListener('abort', interrupt)
    return () => {
      call?.signal.removeEventListener('abort', interrupt)
      this.giveBack(pool, opened)
    }
  }

  // Nobody waits for it: what the call set is cleared before the next caller gets the connection.
  private giveBack(pool: ConnectionPool, opened: OpenedConnection): void {
    const { connection } = opened
    const isClean = !this.settings.holdsContext(connection)
    if (isClean || !connection.isUsable || connection.isRunning) return pool.release(opened)
    this.settings
      .clearContext(connection)
      .catch(() => connection.destroy())
      .finally(() => pool.release(opened))
  }

  /** Something of the plugin's own that reads, on a connection of its own. */
  private async aside<Result>(work: (connection: Connection) => Promise<Result>, tries = 1): Promise<Result> {
    const opened = await this.pool.acquire()
    try {
      // In a transaction that nobody ends, the look at a table would keep others from changing it.
      await this.settings.apply(opened.connection, opened.server, plainWish)
      return await work(opened.connection)
    } catch (error) {
      this.doubtOthers(error)
      if (!isLost(error) || tries === mostTries) throw error
    } finally {
      this.pool.release(opened)
    }
    return this.aside(work, tries + 1)
  }
}

const plainWish: SessionWish = {
  context: undefined,
  inTransaction: false,
  needsContext: false,
  remainingMs: Number.POSITIVE_INFINITY,
}

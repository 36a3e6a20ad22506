import { type Call, log } from '@easyrest/plugin'
import { PluginError, type RequestContext, type TransactionEnd } from '@easyrest/protocol'
import { Catalog } from './catalog.js'
import type { Connection } from './connection.js'
import { ConnectionPool } from './connection-pool.js'
import { ContextVariables } from './context-variables.js'
import { isDeadlock, pluginErrorOf } from './mysql-errors.js'
import { MysqlFailure } from './mysql-failure.js'
import { MysqlSession } from './mysql-session.js'
import type { MysqlUri } from './mysql-uri.js'
import { type OpenedConnection, prepareSession } from './open-connection.js'
import type { Server } from './server.js'
import { SessionSettings, type SessionWish, sessionOffset } from './session-settings.js'

/** What a call does in the database, and with what around it. */
export interface Task<Result> {
  readonly context: RequestContext | undefined
  readonly call: Call | undefined
  readonly needsContext: boolean
  readonly work: (session: MysqlSession) => Promise<Result>
}

/** One database behind a pool of connections: gives each call a session, ends its transaction, cleans up behind it. */
export class Database {
  readonly catalog: Catalog
  private readonly pool: ConnectionPool
  private readonly variables: ContextVariables
  private readonly settings: SessionSettings

  /** @param assumed what the server is taken to be able to, whatever it says */
  constructor(
    readonly uri: MysqlUri,
    private readonly assumed: Partial<Server> = {},
  ) {
    this.pool = new ConnectionPool(uri)
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

  /** Each statement sees what is committed when it begins. */
  read<Result>(task: Task<Result>): Promise<Result> {
    return this.again(task, isLost, () => this.lend(task, false, (session) => task.work(session)))
  }

  /**
   * In a transaction of its own. Whatever `work` throws undoes it; so does a rollback asked for, after which the result is
   * what would have been. What a deadlock has undone is tried again.
   */
  write<Result>(task: Task<Result>, end: TransactionEnd): Promise<Result> {
    return this.again(task, isUndone, () =>
      this.lend(task, true, (session) => this.transaction(session, end, task.work)),
    )
  }

  /**
   * For code of the database or of a client, which may leave anything in its session: nothing of it stays. Nothing is tried
   * twice, as a procedure may have committed.
   */
  async alone<Result>(task: Task<Result>, end: SessionEnd): Promise<Result> {
    try {
      return await this.lend(task, true, async (session) => {
        try {
          if (end === 'read only') await session.run({ text: 'START TRANSACTION READ ONLY', parameters: [] })
          return await this.transaction(session, end === 'commit' ? 'commit' : 'rollback', task.work)
        } finally {
          await this.renew(session.connection)
        }
      })
    } catch (error) {
      throw pluginErrorOf(error)
    }
  }

  /** As `read`, in pieces that the caller takes when it wants them. */
  async *stream<Piece>(
    task: Omit<Task<never>, 'work'>,
    pieces: (session: MysqlSession) => AsyncGenerator<Piece>,
  ): AsyncGenerator<Piece> {
    const loan = await this.borrow(task, false)
    try {
      yield* pieces(loan.session)
    } catch (error) {
      throw pluginErrorOf(task.call?.cancelled ? task.call.signal.reason : error)
    } finally {
      loan.end()
    }
  }

  close(): void {
    this.pool.close()
  }

  private async lend<Result>(
    task: Omit<Task<unknown>, 'work'>,
    inTransaction: boolean,
    work: (session: MysqlSession) => Promise<Result>,
  ): Promise<Result> {
    const loan = await this.borrow(task, inTransaction)
    try {
      return await work(loan.session)
    } catch (error) {
      throw task.call?.cancelled ? task.call.signal.reason : error
    } finally {
      loan.end()
    }
  }

  /** A session for one call; what it runs is given up when nobody waits for the call any more. */
  private async borrow(task: Omit<Task<unknown>, 'work'>, inTransaction: boolean, tries = 1): Promise<Loan> {
    const { context, call, needsContext } = task
    if (needsContext) await this.variables.refresh((look) => this.aside(look))
    const opened = await this.pool.acquire(call)
    const { connection, server } = opened
    const interrupt = (): void => void this.pool.interrupt(opened)
    call?.signal.addEventListener('abort', interrupt)
    const end = (): void => {
      call?.signal.removeEventListener('abort', interrupt)
      this.giveBack(opened)
    }
    try {
      const remainingMs = call?.remainingMs ?? Number.POSITIVE_INFINITY
      await this.settings.apply(connection, server, { context, inTransaction, needsContext, remainingMs })
    } catch (error) {
      end()
      if (call?.cancelled) throw call.signal.reason
      // A connection that the server has closed while nobody used it: nothing was done on it.
      if (isLost(error) && tries < mostTries) return this.borrow(task, inTransaction, tries + 1)
      throw error
    }
    const known = { ...server, ...this.assumed }
    return { session: new MysqlSession(connection, known, this.catalog, context, sessionOffset(context), call), end }
  }

  private async transaction<Result>(
    session: MysqlSession,
    end: TransactionEnd,
    work: (session: MysqlSession) => Promise<Result>,
  ): Promise<Result> {
    const { connection } = session
    let result: Result
    try {
      result = await work(session)
      session.checkCall()
    } catch (error) {
      await undo(connection)
      throw error
    }
    if (end === 'rollback') await connection.run(rollback)
    else await commit(connection)
    return result
  }

  /**
   * Tries again where nothing was done and it may help: what `mayHelp` knows, and a table that is not as it was known to
   * be.
   */
  private async again<Result>(
    { call }: Task<Result>,
    mayHelp: (error: unknown) => boolean,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    for (let tries = 1; ; tries++) {
      const mark = this.catalog.mark()
      try {
        return await attempt()
      } catch (error) {
        const isHopeless = call?.cancelled || tries >= mostTries
        if (isHopeless || !(mayHelp(error) || (await this.hasNewSchema(error, mark)))) throw pluginErrorOf(error)
        if (mayHelp(error)) await pause(tries)
      }
    }
  }

  private async hasNewSchema(error: unknown, mark: number): Promise<boolean> {
    return mayComeFromOldSchema(error) && (await this.catalog.hasChangedSince(mark).catch(() => false))
  }

  // Nobody waits for it: what the call set is cleared before the next caller gets the connection.
  private giveBack(opened: OpenedConnection): void {
    const { connection } = opened
    if (!connection.isUsable || connection.isRunning || !this.settings.holdsContext(connection))
      return this.pool.release(opened)
    this.settings
      .clearContext(connection)
      .catch(() => connection.destroy())
      .finally(() => this.pool.release(opened))
  }

  private async renew(connection: Connection): Promise<void> {
    try {
      await connection.reset()
      this.settings.forget(connection)
      await prepareSession(connection)
    } catch {
      connection.destroy()
    }
  }

  /** Something of the plugin's own, on a connection of its own. */
  private async aside<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const opened = await this.pool.acquire()
    const { connection, server } = opened
    try {
      // In a transaction that nobody ends, the look at a table would keep others from changing it.
      await this.settings.apply(connection, server, plainWish)
      return await work(connection)
    } finally {
      this.pool.release(opened)
    }
  }
}

/** How the transaction ends; one that is `read only` cannot write. */
export type SessionEnd = 'commit' | 'rollback' | 'read only'

interface Loan {
  readonly session: MysqlSession
  end(): void
}

const plainWish: SessionWish = {
  context: undefined,
  inTransaction: false,
  needsContext: false,
  remainingMs: Number.POSITIVE_INFINITY,
}

const mostTries = 4

/** The connection broke before or while something was read. */
const isLost = (error: unknown): boolean => error instanceof MysqlFailure && error.isLost && error.code !== 'CLOSED'

/** The transaction has met another, and all of it is undone. */
const isUndone = (error: unknown): boolean =>
  isDeadlock(error) || (error instanceof PluginError && error.reason === 'conflict')

// Both of a pair that met once would meet again.
const pause = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** tries))

const rollback = { text: 'ROLLBACK', parameters: [] }

// A connection that cannot even roll back ends, and the server rolls back by itself.
const undo = async (connection: Connection): Promise<void> => {
  await connection.run(rollback).catch(() => connection.destroy())
}

const commit = async (connection: Connection): Promise<void> => {
  try {
    await connection.run({ text: 'COMMIT', parameters: [] })
  } catch (error) {
    connection.destroy()
    if (!(error instanceof MysqlFailure) || !error.isLost) throw error
    log.error('the connection was lost while a write was committed', { error: error.message })
    throw new PluginError(
      'internal',
      'the connection to the database was lost at the end of the write; whether it happened is not known',
      {
        details: { outcome: 'unknown', log: error.message },
        cause: error,
      },
    )
  }
}

/** The reasons that a table which is not as it was known to be can have. */
const mayComeFromOldSchema = (error: unknown): boolean =>
  error instanceof PluginError
    ? ['unknown_table', 'unknown_column', 'bad_value', 'unknown_function'].includes(error.reason)
    : error instanceof MysqlFailure && schemaErrors.includes(error.errno)

const schemaErrors = [1054, 1146, 1136, 1364, 1356, 1347, 1906, 4031]

import type { Call } from '@easyrest/plugin'
import type { TransactionEnd } from '@easyrest/protocol'
import type { Catalog } from './catalog.js'
import { pluginErrorOf } from './mysql-errors.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlUri } from './mysql-uri.js'
import type { Server } from './server.js'
import { SessionLender, type SessionNeeds } from './session-lender.js'
import { runTransaction } from './transaction.js'
import { isLost, isUndone, mostTries, tryAgain } from './try-again.js'

/** For whom something is done in the database. */
export type Caller = Omit<SessionNeeds, 'inTransaction'>

/** What is done, in a session of its own. */
export type Work<Result> = (session: MysqlSession) => Promise<Result>

/** How a transaction ends; one that is `read only` cannot write. */
export type SessionEnd = 'commit' | 'rollback' | 'read only'

/** One database: gives each call a session, and the transaction that its kind of work needs. Throws PluginError. */
export class Database {
  private readonly lender: SessionLender

  /** @param assumed what the server is taken to be able to, whatever it says */
  constructor(
    readonly uri: MysqlUri,
    assumed: Partial<Server> = {},
  ) {
    this.lender = new SessionLender(uri, assumed)
  }

  get catalog(): Catalog {
    return this.lender.catalog
  }

  /** Whether a server is there: its name. */
  ping(call?: Call): Promise<string> {
    return this.lender.ping(call)
  }

  /** Each statement sees what is committed when it begins. */
  read<Result>(caller: Caller, work: Work<Result>): Promise<Result> {
    const attempt = () => this.lender.lend({ ...caller, inTransaction: false }, work)
    return tryAgain(this.catalog, caller.call, isLost, attempt)
  }

  /** In a transaction of its own; what a deadlock has undone is tried again. */
  write<Result>(caller: Caller, end: TransactionEnd, work: Work<Result>): Promise<Result> {
    const attempt = () =>
      this.lender.lend({ ...caller, inTransaction: true }, (session) => runTransaction(session, end, work))
    return tryAgain(this.catalog, caller.call, isUndone, attempt)
  }

  /**
   * For code of the database or of a client, which may leave anything in its session: nothing of it stays. Nothing is tried
   * twice, as a procedure may have committed.
   */
  async alone<Result>(caller: Caller, end: SessionEnd, work: Work<Result>): Promise<Result> {
    try {
      return await this.lender.lend({ ...caller, inTransaction: true }, async (session) => {
        try {
          if (end === 'read only') await session.run({ text: 'START TRANSACTION READ ONLY', parameters: [] })
          return await runTransaction(session, end === 'commit' ? 'commit' : 'rollback', work)
        } finally {
          await this.lender.renew(session)
        }
      })
    } catch (error) {
      throw pluginErrorOf(error)
    }
  }

  /** As `read`, in pieces that the caller takes when it wants them. Nothing is tried again once it has one. */
  async *stream<Piece>(
    caller: Caller,
    pieces: (session: MysqlSession) => AsyncGenerator<Piece>,
  ): AsyncGenerator<Piece> {
    for (let tries = 1; ; tries++) {
      let isBegun = false
      try {
        for await (const piece of this.streamOnce(caller, pieces)) {
          isBegun = true
          yield piece
        }
        return
      } catch (error) {
        const isHopeless = isBegun || caller.call?.cancelled || tries >= mostTries
        if (isHopeless || !isLost(error))
          throw pluginErrorOf(caller.call?.cancelled ? caller.call.signal.reason : error)
      }
    }
  }

  private async *streamOnce<Piece>(
    caller: Caller,
    pieces: (session: MysqlSession) => AsyncGenerator<Piece>,
  ): AsyncGenerator<Piece> {
    const loan = await this.lender.borrow({ ...caller, inTransaction: false, isStream: true })
    try {
      yield* pieces(loan.session)
    } catch (error) {
      this.lender.doubtOthers(error)
      throw error
    } finally {
      loan.end()
    }
  }

  close(): void {
    this.lender.close()
  }
}

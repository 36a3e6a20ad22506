import { type Call, PluginError, type RequestContext } from '@easyrest/plugin'
import type { PostgresUri } from './connect/postgres-uri.js'
import type { ConnectionPool } from './connection-pool.js'
import { type SettingsSource, settingsStep } from './context/session-settings.js'
import { ConnectionLost, PostgresFailure } from './postgres-failure.js'
import type { ServerConnection, Step } from './server-connection.js'

/** What a transaction is for: whose, and until when. */
export interface TransactionScope {
  readonly context: RequestContext | undefined
  readonly call: Call | undefined
  /** A client's own statement or a function runs, which may leave anything in its session: nothing of it stays. */
  readonly renewsSession?: boolean
}

type Isolation = 'read committed' | 'repeatable read'

/** Runs steps of a transaction that is open. */
export type Run = (steps: readonly Step[]) => Promise<readonly number[]>

/** Runs statements in transactions, each with the settings of its request in front. */
export class Transactions {
  constructor(
    private readonly pool: ConnectionPool,
    private readonly settings: SettingsSource & Pick<PostgresUri, 'targetSession'>,
  ) {}

  /**
   * Steps that only read, in one round trip and one transaction. Answers how many rows each has answered.
   *
   * @param attach told of the connection before it is used, for whoever wants to hold it back
   */
  read(
    scope: TransactionScope,
    steps: readonly Step[],
    attach?: (connection: ServerConnection) => void,
  ): Promise<readonly number[]> {
    return this.onConnection(scope, async (connection) => {
      attach?.(connection)
      const counts = await connection.run([this.settingsStep(scope, true), ...steps, ...renewalOf(scope)])
      return counts.slice(1, steps.length + 1)
    })
  }

  /** The same for steps that must see one state of the database. */
  readSnapshot(
    scope: TransactionScope,
    steps: readonly Step[],
    attach?: (connection: ServerConnection) => void,
  ): Promise<readonly number[]> {
    return this.onConnection(scope, async (connection) => {
      attach?.(connection)
      const counts = await connection.run([beginSnapshot, this.settingsStep(scope, true), ...steps, commit])
      return counts.slice(2, -1)
    })
  }

  /**
   * The same for a client's own statement, in a transaction that is rolled back. A round of steps is made when the one in
   * front of it has answered.
   */
  readAndForget(scope: TransactionScope, rounds: readonly (() => readonly Step[])[]): Promise<void> {
    return this.onConnection(scope, async (connection) => {
      for (const [index, round] of rounds.entries()) {
        const begin = index === 0 ? [beginSnapshot, this.settingsStep(scope, true)] : []
        const end = index === rounds.length - 1 ? [rollback, ...renewalOf(scope)] : []
        await connection.run([...begin, ...round(), ...end])
      }
    })
  }

  /**
   * Steps that write, in a transaction that `decide` may end by throwing: it is told how many rows each step affected,
   * and its result is that of the whole. Two round trips: the second is COMMIT, or ROLLBACK where the context says so.
   */
  write<Result>(
    scope: TransactionScope,
    steps: readonly Step[],
    decide: (counts: readonly number[]) => Result,
    isolation: Isolation = 'read committed',
  ): Promise<Result> {
    return this.onConnection(scope, async (connection) => {
      const counts = await connection.run([beginOf(isolation), this.settingsStep(scope, false), ...steps])
      const result = decide(counts.slice(2))
      await end(connection, scope)
      return result
    })
  }

  /** A transaction whose later steps depend on what earlier ones answered: a round trip for each `run`. */
  dialogue<Result>(
    scope: TransactionScope,
    work: (run: Run) => Promise<Result>,
    isolation: Isolation = 'read committed',
  ): Promise<Result> {
    return this.onConnection(scope, async (connection) => {
      await connection.run([beginOf(isolation), this.settingsStep(scope, false)])
      const result = await work((steps) => connection.run(steps))
      await end(connection, scope)
      return result
    })
  }

  private get wantsWrites(): boolean {
    return this.settings.targetSession === 'read-write' || this.settings.targetSession === 'primary'
  }

  private settingsStep({ context, call }: TransactionScope, readOnly: boolean): Step {
    return settingsStep(this.settings, context, readOnly, call?.remainingMs ?? Number.POSITIVE_INFINITY)
  }

  /** A connection for as long as the work takes. What it leaves open is rolled back. */
  async onConnection<Result>(
    scope: TransactionScope,
    work: (connection: ServerConnection) => Promise<Result>,
  ): Promise<Result> {
    const { call } = scope
    const connection = await this.pool.acquire(call?.signal)
    const stopWatching = giveUpWith(call, connection)
    let remedy: readonly Step[] = []
    try {
      return await work(connection)
    } catch (error) {
      // A rollback gives back everything but locks of the session.
      remedy = renewalOf(scope)
      if (isOfOldStatement(error)) connection.forgetStatements()
      // It became a standby: the next connection looks for the server that takes writes now.
      if (this.wantsWrites && isOfReadOnlyServer(error)) connection.destroy('the server takes no writes any more')
      throw error
    } finally {
      stopWatching()
      await this.giveBack(connection, remedy)
    }
  }

  private async giveBack(connection: ServerConnection, remedy: readonly Step[]): Promise<void> {
    try {
      const steps = connection.status === 'idle' ? remedy : [rollback, ...remedy]
      if (!connection.isClosed && steps.length > 0) await connection.run(steps)
    } catch {
      connection.destroy('ROLLBACK failed')
    }
    this.pool.release(connection)
  }
}

/** Whether a statement that was prepared before is no longer what it was, or is gone. */
export const isOfOldStatement = (error: unknown): boolean =>
  error instanceof PostgresFailure &&
  (error.code === '26000' || (error.code === '0A000' && /cached plan/.test(error.message)))

const isOfReadOnlyServer = (error: unknown): boolean => error instanceof PostgresFailure && error.code === '25006'

const end = async (connection: ServerConnection, scope: TransactionScope): Promise<void> => {
  // A write whose deadline has passed has no one to tell.
  if (scope.call?.cancelled) throw new PluginError('timeout', 'the write was rolled back: its deadline has passed')
  const renewal = renewalOf(scope)
  // What COMMIT would have refused is no success of a dry run either.
  if (scope.context?.txEnd === 'rollback') {
    return void (await connection.run([checkConstraints, rollback, ...renewal]))
  }
  try {
    await connection.run([commit, ...renewal])
  } catch (error) {
    if (error instanceof ConnectionLost) throw outcomeUnknown(error)
    // What is behind COMMIT failed: the write happened, and the session is of no use any more.
    if (!isOfStep(error, renewal)) throw error
    connection.destroy('the session could not be made as new')
  }
}

const renewalOf = ({ renewsSession }: TransactionScope): readonly Step[] => (renewsSession ? renewal : [])

const isOfStep = (error: unknown, steps: readonly Step[]): boolean =>
  error instanceof PostgresFailure && steps.some(({ text }) => text === error.statement)

const outcomeUnknown = (cause: ConnectionLost): PluginError =>
  new PluginError(
    'internal',
    'the connection to the database was lost during COMMIT; whether the write happened is unknown',
    {
      details: { log: cause.message },
      cause,
    },
  )

// The statement is cancelled in the server; when that does not help either, the connection is given up.
const giveUpWith = (call: Call | undefined, connection: ServerConnection): (() => void) => {
  if (call === undefined) return () => {}
  const { signal } = call
  let timer: NodeJS.Timeout | undefined
  const onAbort = () => {
    connection.cancel()
    timer = setTimeout(() => connection.destroy('the server did not answer a cancel request'), patienceMs)
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

const patienceMs = 2000

const beginWrite: Step = { text: 'BEGIN' }
const beginRepeatable: Step = { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ' }
const beginOf = (isolation: Isolation): Step => (isolation === 'read committed' ? beginWrite : beginRepeatable)
const beginSnapshot: Step = { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' }
const checkConstraints: Step = { text: 'SET CONSTRAINTS ALL IMMEDIATE' }
const commit: Step = { text: 'COMMIT' }
const rollback: Step = { text: 'ROLLBACK' }

// DISCARD ALL would stand alone in its round trip, and take the prepared statements along.
const renewal: readonly Step[] = [
  ...['RESET SESSION AUTHORIZATION', 'RESET ROLE', 'RESET ALL', 'CLOSE ALL', 'UNLISTEN *'],
  ...['DISCARD TEMP', 'DISCARD SEQUENCES', 'SELECT pg_catalog.pg_advisory_unlock_all()'],
].map((text) => ({ text }))

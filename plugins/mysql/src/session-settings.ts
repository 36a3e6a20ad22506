import type { RequestContext } from '@easyrest/protocol'
import { type Statement, timezone } from '@easyrest/sql'
import type { Connection } from './connection.js'
import type { ContextVariables } from './context-variables.js'
import type { Server } from './server.js'

/** What the session of a call is to be. */
export interface SessionWish {
  readonly context: RequestContext | undefined
  /** Statements belong to a transaction that the call ends itself. */
  readonly inTransaction: boolean
  /** Code of the database may run, and may look at the context. */
  readonly needsContext: boolean
  /** After this time the server gives a statement up by itself; Infinity: never. */
  readonly remainingMs: number
}

/**
 * What each session is set to, so that a call says only what differs: reading a table takes no statement of its own. The
 * variables of the context are set anew for every call whose statements could see them.
 */
export class SessionSettings {
  private readonly known = new WeakMap<Connection, Settings>()

  constructor(private readonly variables: ContextVariables) {}

  /** One statement, or none. */
  async apply(connection: Connection, server: Server, wish: SessionWish): Promise<void> {
    const before = this.known.get(connection) ?? fresh
    const settings = settingsOf(wish)
    const statement = statementFor(
      settings,
      server,
      wish.needsContext ? this.variables.assignments(wish.context) : undefined,
    )
    if (!wish.needsContext && sameSettings(before, settings)) return
    await connection.run(statement)
    this.known.set(connection, { ...settings, holdsContext: before.holdsContext || wish.needsContext })
  }

  /** Whether variables of the last call are still there. */
  holdsContext(connection: Connection): boolean {
    return this.known.get(connection)?.holdsContext ?? false
  }

  /** The variables are empty again, so that no connection waits for its next caller with them. */
  async clearContext(connection: Connection): Promise<void> {
    await this.variables.clear(connection)
    this.known.set(connection, { ...(this.known.get(connection) ?? fresh), holdsContext: false })
  }

  /** The session is as new. */
  forget(connection: Connection): void {
    this.known.delete(connection)
  }
}

/**
 * The offset of the request's timezone at this moment, for the clock of the session. An offset needs no table of zones in
 * the server, and every timestamp can be told apart in it; a zone has an hour that comes twice. Outside the offsets that
 * servers know it is UTC.
 */
export const sessionOffset = (context: RequestContext | undefined): string => {
  const minutes = timezone(context?.timezone || 'UTC').offsetAt(Date.now())
  return minutes < -12 * 60 - 59 || minutes > 13 * 60 ? '+00:00' : printOffset(minutes)
}

interface Settings {
  readonly inTransaction: boolean
  readonly offset: string
  /** Seconds; 0: none. */
  readonly limit: number
  readonly holdsContext: boolean
}

const fresh: Settings = { inTransaction: false, offset: '+00:00', limit: 0, holdsContext: false }

const settingsOf = ({ context, inTransaction, remainingMs }: SessionWish): Settings => ({
  inTransaction,
  offset: sessionOffset(context),
  limit: limitOf(remainingMs),
  holdsContext: false,
})

// A few values only, so that most calls find their session as they need it. The call's own deadline is kept by KILL; this
// is for the case that this process is gone.
const limitOf = (remainingMs: number): number =>
  remainingMs === Number.POSITIVE_INFINITY ? 0 : (limits.find((limit) => limit * 1000 >= remainingMs) ?? 0)

const limits = [15, 60, 300, 3600, 86_400]

const sameSettings = (a: Settings, b: Settings): boolean =>
  a.inTransaction === b.inTransaction && a.offset === b.offset && a.limit === b.limit

const statementFor = (settings: Settings, server: Server, assignments: Statement | undefined): Statement => {
  const { inTransaction, offset } = settings
  const { isMariaDb, statementLimit } = server
  const limit = shorter(settings.limit, statementLimit)
  // MySQL counts in milliseconds, and stops reading statements only.
  const limitName = isMariaDb ? 'max_statement_time' : 'max_execution_time'
  const text = `SET autocommit = ${inTransaction ? 0 : 1}, time_zone = ?, ${limitName} = ${isMariaDb ? limit : limit * 1000}`
  if (assignments === undefined) return { text, parameters: [offset] }
  return { text: `${text}, ${assignments.text}`, parameters: [offset, ...assignments.parameters] }
}

// 0 is none.
const shorter = (a: number, b: number): number => (a === 0 || b === 0 ? a + b : Math.min(a, b))

const printOffset = (minutes: number): string => {
  const absolute = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`
}

const two = (value: number): string => String(value).padStart(2, '0')

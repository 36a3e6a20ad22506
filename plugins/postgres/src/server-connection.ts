import type { Socket } from 'node:net'
import { ConnectionLost, PostgresFailure } from './postgres-failure.js'
import { PreparedStatements } from './prepared-statements.js'
import { type ErrorFields, readAffected, readColumnNames, readErrorFields } from './wire/backend-messages.js'
import { BackendReader, backendCodes } from './wire/backend-reader.js'
import { FrontendWriter, type Parameter } from './wire/frontend-writer.js'

/** One statement of a round trip. */
export interface Step {
  readonly text: string
  readonly parameters?: readonly Parameter[] | undefined
  /** Told of each row; the bytes are valid during the call only. When it throws, the round trip fails with that. */
  readonly onRow?: ((bytes: Buffer, start: number) => void) | undefined
  /** Told the names of the result's columns, before the first row. */
  readonly onColumns?: ((names: readonly string[]) => void) | undefined
  /** The text is a client's own, so it is not kept prepared. */
  readonly once?: boolean | undefined
}

/** What a connection is in between two round trips: nothing, a transaction, or one that has failed. */
export type TransactionStatus = 'idle' | 'open' | 'failed'

/**
 * A connection that is logged in, as the wire protocol has it: several statements go out together and one answer comes
 * back for all, so that a request costs one round trip. Without BEGIN the steps of a round trip are one transaction.
 */
export class ServerConnection {
  status: TransactionStatus = 'idle'
  isClosed = false
  /** Told once when the connection has ended, for whatever reason. */
  onClosed: () => void = () => {}
  private readonly statements = new PreparedStatements()
  private readonly writer = new FrontendWriter()
  private current: RoundTrip | undefined
  private lastError: string | undefined
  private cancelling: Promise<void> | undefined

  /**
   * @param prepared whether statements are kept for the next time
   * @param sendCancel asks the server to give up what the connection is doing; resolves when it has been told
   */
  constructor(
    private readonly socket: Socket,
    private readonly prepared: boolean,
    private readonly sendCancel: () => Promise<void>,
  ) {
    const reader = new BackendReader((code, bytes, start, end) => this.receive(code, bytes, start, end))
    socket.on('data', (chunk: Buffer) => reader.receive(chunk))
    socket.on('error', (error) => {
      this.lastError ??= error.message
    })
    socket.once('close', () => this.closed())
  }

  /**
   * Sends the steps and waits for all of them: the number of rows that each affected or answered. Rejects with
   * PostgresFailure (of the first step that failed; those behind it were not carried out), or with ConnectionLost.
   */
  run(steps: readonly Step[]): Promise<readonly number[]> {
    if (this.isClosed) return Promise.reject(this.lost())
    if (this.current !== undefined) throw new Error('a connection takes one round trip at a time')
    return new Promise((resolve, reject) => {
      this.current = { steps, affected: [], parses: [], failure: undefined, resolve, reject }
      for (const step of steps) this.write(step, this.current)
      this.socket.write(this.writer.sync().take())
    })
  }

  /** The round trip that is under way fails soon, with query_canceled. */
  cancel(): void {
    if (this.current === undefined || this.isClosed) return
    this.cancelling ??= this.sendCancel()
  }

  /** Nothing more is read, so that the server waits; until `resume`. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** Says goodbye. */
  close(): void {
    this.socket.end(terminate)
    // A server that hangs does not answer it.
    setTimeout(() => this.socket.destroy(), goodbyeMs).unref()
  }

  /** Ends it at once. What is under way is lost. */
  destroy(reason: string): void {
    this.lastError ??= reason
    this.socket.destroy()
  }

  /** Statements are parsed anew when they are next used: what they refer to has changed. */
  forgetStatements(): void {
    for (const name of this.statements.clear()) this.writer.closeStatement(name)
  }

  private write(step: Step, trip: RoundTrip): void {
    const name = this.prepared && step.once !== true ? this.prepare(step.text, trip) : ''
    if (name === '') {
      this.writer.parse('', step.text)
      trip.parses.push(undefined)
    }
    if (step.onColumns !== undefined) this.writer.describeStatement(name)
    this.writer.bind(name, step.parameters ?? noParameters).execute()
  }

  private prepare(text: string, trip: RoundTrip): string {
    const known = this.statements.nameOf(text) ?? trip.parses.find((parse) => parse?.text === text)?.name
    if (known !== undefined) return known
    const name = this.statements.newName()
    this.writer.parse(name, text)
    trip.parses.push({ text, name })
    return name
  }

  private receive(code: number, bytes: Buffer, start: number, end: number): void {
    const trip = this.current
    if (code === backendCodes.error) return this.failed(readErrorFields(bytes, start))
    if (trip === undefined) return
    if (code === backendCodes.dataRow) this.row(trip, bytes, start)
    else if (code === backendCodes.commandComplete) trip.affected.push(readAffected(bytes, start, end))
    else if (code === backendCodes.parseComplete) this.parsed(trip)
    else if (code === backendCodes.rowDescription)
      this.guard(trip, () => stepOf(trip)?.onColumns?.(readColumnNames(bytes, start)))
    else if (code === backendCodes.readyForQuery) this.ready(trip, bytes[start]!)
  }

  private row(trip: RoundTrip, bytes: Buffer, start: number): void {
    const onRow = stepOf(trip)?.onRow
    if (onRow !== undefined) this.guard(trip, () => onRow(bytes, start))
  }

  // What the steps do with their rows may fail, and the rest is of no use then.
  private guard(trip: RoundTrip, work: () => void): void {
    if (trip.failure !== undefined) return
    try {
      work()
    } catch (error) {
      trip.failure = error
      this.cancel()
    }
  }

  private parsed(trip: RoundTrip): void {
    const parse = trip.parses.shift()
    if (parse === undefined) return
    const old = this.statements.add(parse.text, parse.name)
    if (old !== undefined) this.writer.closeStatement(old)
  }

  private failed(fields: ErrorFields): void {
    this.lastError = `${fields.severity} ${fields.code}: ${fields.message}`
    if (this.current !== undefined)
      this.current.failure ??= new PostgresFailure(fields, stepOf(this.current)?.text ?? '')
  }

  private ready(trip: RoundTrip, status: number): void {
    this.status = statuses.get(status) ?? 'failed'
    if (this.cancelling === undefined) this.finish(trip)
    // A cancel that is on its way would hit the next statement.
    else void this.cancelling.then(() => this.finish(trip))
  }

  private finish(trip: RoundTrip): void {
    if (this.isClosed) return
    this.current = undefined
    this.cancelling = undefined
    if (trip.failure === undefined) trip.resolve(trip.affected)
    else trip.reject(trip.failure)
  }

  private closed(): void {
    this.isClosed = true
    const trip = this.current
    this.current = undefined
    trip?.reject(this.lost())
    this.onClosed()
  }

  private lost(): ConnectionLost {
    return new ConnectionLost(this.lastError ?? 'the server closed the connection')
  }
}

interface RoundTrip {
  readonly steps: readonly Step[]
  readonly affected: number[]
  /** What the server is about to confirm; undefined: the unnamed statement. */
  readonly parses: ({ readonly text: string; readonly name: string } | undefined)[]
  failure: unknown
  readonly resolve: (affected: readonly number[]) => void
  readonly reject: (error: unknown) => void
}

const stepOf = ({ steps, affected }: RoundTrip): Step | undefined => steps[affected.length]

const statuses: ReadonlyMap<number, TransactionStatus> = new Map([
  ['I'.charCodeAt(0), 'idle'],
  ['T'.charCodeAt(0), 'open'],
  ['E'.charCodeAt(0), 'failed'],
])

const noParameters: readonly Parameter[] = []
const terminate = Buffer.from([0x58, 0, 0, 0, 4])
const goodbyeMs = 1000

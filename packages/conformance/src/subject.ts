import {
  dbService,
  type JsonRow,
  PluginError,
  type Predicate,
  parseJsonRows,
  type Rpc,
  type TableCreateRequest,
  type TableCreateResponse,
  type TableDeleteRequest,
  type TableDeleteResponse,
  type TableGetChunk,
  type TableGetRequest,
  type TableGetResponse,
  type TableUpdateRequest,
  type TableUpdateResponse,
} from '@easyrest/protocol'
import { show } from './expect.js'
import { Inapplicable } from './inapplicable.js'
import type { PluginLauncher } from './plugin-launcher.js'
import type { RawPlugin } from './raw-plugin.js'
import { columnAs, contextWith, order } from './requests.js'
import type { RunningPlugin } from './running-plugin.js'
import { type ColumnUse, nullableUses, type Seed } from './seed.js'
import { rowBytes, type SuiteRow, suiteRows } from './suite-rows.js'
import { Violation } from './violation.js'

interface CallOptions {
  readonly timeoutMs?: number
  /** The process to call; the one of `plugin()` unless given. */
  readonly on?: Pick<RunningPlugin, 'call'>
}

/**
 * The plugin under check as a check sees it: one running process, its table filled with the suite's rows, and a record of
 * the last call for the report. Whatever a check wrote is undone before the next.
 */
export class Subject {
  /** The last call, for the report. */
  lastCall = ''
  private running: RunningPlugin | undefined
  private tableIsFilled = false
  private failedStarts = 0
  private readonly spawned: { kill(): Promise<void> }[] = []

  constructor(
    readonly launcher: PluginLauncher,
    readonly seed: Seed | undefined,
  ) {}

  /** The plugin, connected; started when there is none or the last one has ended. */
  async plugin(): Promise<RunningPlugin> {
    if (this.running === undefined || this.running.hasEnded) {
      this.running = await this.starting(() => this.launcher.connected())
    }
    return this.running
  }

  /** One more process, which is ended after the check; it has printed its handshake and has no connection yet. */
  launch(): Promise<RunningPlugin> {
    return this.starting(async () => this.ending(await this.launcher.launch()))
  }

  /** As `launch`, with its connection. */
  connected(): Promise<RunningPlugin> {
    return this.starting(async () => this.ending(await this.launcher.connected()))
  }

  /** As `launch`, without the host's part: its pipes and signals are the check's. */
  listening(env?: Readonly<Record<string, string | undefined>>): Promise<RawPlugin> {
    return this.starting(async () => {
      const plugin = await this.spawn(env)
      await plugin.handshake()
      return plugin
    })
  }

  /** As `listening`, before its handshake. */
  async spawn(env?: Readonly<Record<string, string | undefined>>): Promise<RawPlugin> {
    this.lastCall = ''
    return this.ending(await this.launcher.spawn(env))
  }

  /** The table with the suite's rows in it. */
  get table(): Seed {
    if (this.seed === undefined) throw new Error('a check that uses the table must need a role db')
    return this.seed
  }

  column(use: ColumnUse): string {
    const name = this.table.columns[use]
    if (name === undefined) throw new Error(`a check that uses the column ${use} must need it`)
    return name
  }

  /** Any call; members of the request that are left out have their proto3 defaults, and the usual context. */
  async call<Request extends object, Response>(
    rpc: Rpc<Request, Response>,
    request: Partial<Request> = {},
    { timeoutMs = 10_000, on }: CallOptions = {},
  ): Promise<Response> {
    const plugin = on ?? (await this.plugin())
    this.note(rpc, request)
    return plugin.call(rpc, wholeRequest(rpc, request), timeoutMs)
  }

  /** The chunks of a TableGetStream. Leaving the loop cancels the call. */
  async *stream(request: Partial<TableGetRequest> = {}): AsyncGenerator<TableGetChunk, void> {
    const rpc = dbService.TableGetStream
    const plugin = await this.plugin()
    const whole = wholeRequest(rpc, { ...request, table: request.table ?? this.table.table })
    this.note(rpc, request)
    yield* plugin.process.stream(rpc, whole, { timeoutMs: 10_000 })
  }

  /** Keeps a call for the report. */
  note(rpc: Pick<Rpc<unknown, unknown>, 'originalName' | 'path'>, request: unknown): void {
    this.lastCall = `${rpc.originalName ?? rpc.path} ${show(request)}`
  }

  get(request: Partial<TableGetRequest> = {}, options: CallOptions = {}): Promise<TableGetResponse> {
    return this.call(dbService.TableGet, { table: this.table.table, ...request }, options)
  }

  /** The rows of a TableGet, whose counts are checked on the way. */
  async rows(request: Partial<TableGetRequest> = {}): Promise<JsonRow[]> {
    return rowsOf(await this.get(request))
  }

  /** Keys of the rows that match, in their order. */
  async keys(where?: Predicate): Promise<number[]> {
    const { key } = this.table
    const rows = await this.rows({ where, select: [columnAs('k', key)], ordering: [order(key)] })
    return rows.map((row) => Number(textOf(row, 'k')))
  }

  /** One column of one row as JSON text. */
  async value(key: number, column: string, request: Partial<TableGetRequest> = {}): Promise<string> {
    const where = { kind: 'comparison', column: this.table.key, operator: 'eq', operands: [String(key)] } as const
    const rows = await this.rows({ where, select: [columnAs('v', column)], ...request })
    if (rows.length !== 1) throw new Violation(`one row with ${this.table.key} ${key}`, show(rows))
    return textOf(rows[0]!, 'v')
  }

  /** Any call that writes to the table: it is filled again before the next check. */
  writing<Response>(call: () => Promise<Response>): Promise<Response> {
    this.tableIsFilled = false
    return call()
  }

  create(rows: readonly SuiteRow[], request: Partial<TableCreateRequest> = {}): Promise<TableCreateResponse> {
    const whole = { table: this.table.table, rows: rowBytes(this.table, rows), rowCount: rows.length, ...request }
    return this.writing(() => this.call(dbService.TableCreate, whole))
  }

  update(data: string, request: Partial<TableUpdateRequest> = {}): Promise<TableUpdateResponse> {
    const whole = { table: this.table.table, data: Buffer.from(data), ...request }
    return this.writing(() => this.call(dbService.TableUpdate, whole))
  }

  delete(request: Partial<TableDeleteRequest> = {}): Promise<TableDeleteResponse> {
    return this.writing(() => this.call(dbService.TableDelete, { table: this.table.table, ...request }))
  }

  /** Empties and fills the table, unless nothing was written since. */
  async fillTable(): Promise<void> {
    const { seed } = this
    if (seed === undefined || seed.readOnly || this.tableIsFilled) return
    await this.delete().catch((error: unknown) => {
      // A database without a schema has no table before the first row.
      if (!(error instanceof PluginError) || error.reason !== 'unknown_table') throw error
    })
    const rows = suiteRows.map((row) => ({ ...emptyRow(seed), ...row }))
    await this.create(rows, { returning: 'none' })
    this.tableIsFilled = true
  }

  /** Ends the process; the next call starts another on what the database holds. */
  async restart(): Promise<void> {
    const { running } = this
    this.running = undefined
    await running?.kill()
  }

  /** The same after a failure: what the table holds is not known. */
  async end(): Promise<void> {
    this.tableIsFilled = false
    await this.restart()
  }

  /** Ends the processes that a check started for itself. */
  async endSpawned(): Promise<void> {
    await Promise.all(this.spawned.splice(0).map((plugin) => plugin.kill()))
  }

  private ending<Plugin extends { kill(): Promise<void> }>(plugin: Plugin): Plugin {
    this.spawned.push(plugin)
    return plugin
  }

  // A program that does not start is not waited for again and again.
  private async starting<Plugin>(start: () => Promise<Plugin>): Promise<Plugin> {
    if (this.failedStarts >= 2) throw new Inapplicable('the plugin does not start, as the failures above say')
    this.failedStarts++
    const plugin = await start()
    this.failedStarts = 0
    return plugin
  }
}

/** Rows as they stand in the text. Throws Violation when the counts of the answer are not those of its rows. */
export const rowsOf = ({ rows, rowCount }: { rows: Uint8Array; rowCount: number }): JsonRow[] => {
  const parsed = parseRows(rows)
  if (parsed.length !== rowCount) throw new Violation(`row_count ${parsed.length}, as there are rows`, String(rowCount))
  return parsed
}

/** A value as JSON text; strings in their shortest spelling. */
export const textOf = (row: JsonRow, name: string): string => {
  const value = row.get(name)
  if (value === undefined) throw new Violation(`a member ${name} in each row`, show(row))
  if (value.kind === 'string') return JSON.stringify(value.text)
  return 'text' in value ? value.text : value.kind
}

const parseRows = (bytes: Uint8Array): JsonRow[] => {
  try {
    return parseJsonRows(bytes)
  } catch (error) {
    throw new Violation(`rows: a JSON array of objects (${(error as Error).message})`, show(Buffer.from(bytes)))
  }
}

/** The request with proto3's defaults where nothing else is said, and the usual context. */
export const wholeRequest = <Request extends object, Response>(
  rpc: Rpc<Request, Response>,
  request: Partial<Request>,
): Request => {
  const defaults = rpc.requestDeserialize(Buffer.alloc(0))
  return { ...defaults, ...('context' in defaults && { context: contextWith() }), ...request }
}

// Every object of one request has the same members.
const emptyRow = ({ columns }: Seed): SuiteRow =>
  Object.fromEntries(nullableUses.filter((use) => columns[use] !== undefined).map((use) => [use, 'null']))

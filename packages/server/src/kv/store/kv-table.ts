import { setTimeout as sleep } from 'node:timers/promises'
import { CallError, type CallOptions, type ManagedConnection } from '@easyrest/host'
import {
  type BatchOperation,
  type OrderTerm,
  PluginError,
  type Predicate,
  type RequestContext,
  type TableCreateRequest,
  tableGetRequest,
} from '@easyrest/protocol'
import type { CallOutcome, Meter } from '../../observe/meter.js'
import type { DocumentRow } from '../documents/row.js'
import { createRequest, deleteRequest, kvTable, updateRequest } from './kv-requests.js'

/** The table of the documents: the four calls that every plugin has, and what is tried again. */
export class KvTable {
  constructor(
    private readonly connection: ManagedConnection,
    private readonly meter: Meter,
  ) {}

  async select(context: RequestContext, where: Predicate, how: Selection = {}): Promise<DocumentRow[]> {
    const request = tableGetRequest(kvTable, {
      context: { ...context, readOnly: true },
      where,
      select: (how.columns ?? columns).map((name) => ({ kind: 'column', alias: name, column: name, cast: '' })),
      ordering: how.order === undefined ? [] : [byKey[how.order]],
      page: how.limit === undefined ? undefined : { limit: how.limit, offset: 0 },
    })
    const { rows } = await this.call((options) => this.connection.db.tableGet(request, options))
    return JSON.parse(asText(rows)) as DocumentRow[]
  }

  /** Rows that meet the condition. Only with the capability count. */
  async count(context: RequestContext, where: Predicate): Promise<number> {
    const request = tableGetRequest(kvTable, {
      context: { ...context, readOnly: true },
      where,
      select: [{ kind: 'column', alias: 'pk', column: 'pk', cast: '' }],
      page: { limit: 0, offset: 0 },
      count: 'exact',
    })
    return (await this.call((options) => this.connection.db.tableGet(request, options))).total ?? 0
  }

  /** Throws PluginError unique when one of the keys exists; then none is written. */
  async insert(context: RequestContext, rows: readonly DocumentRow[]): Promise<void> {
    await this.create(createRequest(context, rows))
  }

  /**
   * All rows, new or in the place of others, or none. Needs the capability upsert.
   * @param overwriteWhen which existing rows give way (capability precondition); undefined: all. Answers how many were written.
   */
  upsert(context: RequestContext, rows: readonly DocumentRow[], overwriteWhen?: Predicate): Promise<number> {
    return this.create(createRequest(context, rows, { action: 'merge', overwriteWhen }))
  }

  /** The rows whose keys are not there; the others stay as they are. Needs the capability upsert. Answers how many. */
  insertMissing(context: RequestContext, rows: readonly DocumentRow[]): Promise<number> {
    return this.create(createRequest(context, rows, { action: 'ignore' }))
  }

  /** Answers how many rows met the condition. */
  async update(context: RequestContext, where: Predicate, data: Partial<DocumentRow>): Promise<number> {
    const request = updateRequest(context, where, data)
    return (await this.call((options) => this.connection.db.tableUpdate(request, options))).affected
  }

  /** @param maxAffected with more rows nothing is removed; Throws PluginError max_affected */
  async remove(context: RequestContext, where: Predicate, maxAffected?: number): Promise<number> {
    const request = { ...deleteRequest(context, where), maxAffected }
    return (await this.call((options) => this.connection.db.tableDelete(request, options))).affected
  }

  /** All operations or none. Needs the capability batch. Throws PluginError precondition when a count is not as expected. */
  async batch(context: RequestContext, operations: readonly BatchOperation[]): Promise<void> {
    await this.call((options) => this.connection.db.tableBatch({ context, operations }, options))
  }

  private async create(request: TableCreateRequest): Promise<number> {
    return (await this.call((options) => this.connection.db.tableCreate(request, options))).affected
  }

  /** Tries again what is known not to have been done because others were at it. */
  private async call<T>(run: (options: CallOptions) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const before = performance.now()
      try {
        const answer = await run({ timeoutMs: this.connection.settings.limits.timeoutMs })
        this.meter.call('ok', performance.now() - before)
        return answer
      } catch (error) {
        this.meter.call(outcomeOf(error), performance.now() - before)
        if (tries === maxTries || !wasInTheWay(error)) throw error
        await sleep(tries * 10 * (1 + Math.random()))
      }
    }
  }
}

export interface Selection {
  /** All unless given. */
  readonly columns?: readonly (keyof DocumentRow)[]
  readonly order?: 'ascending' | 'descending'
  readonly limit?: number
}

const columns = ['pk', 'rev', 'live_until', 'collection', 'attrs', 'value'] as const satisfies (keyof DocumentRow)[]

const byKey: Readonly<Record<'ascending' | 'descending', OrderTerm>> = {
  ascending: { column: 'pk', direction: 'asc', nulls: 'unspecified' },
  descending: { column: 'pk', direction: 'desc', nulls: 'unspecified' },
}

// A deadlock, a serialization failure, a database that is busy: the plugin says that nothing was done.
const wasInTheWay = (error: unknown): boolean =>
  error instanceof PluginError &&
  (error.reason === 'conflict' || (error.reason === 'unavailable' && error.retryAfterMs > 0))

const outcomeOf = (error: unknown): CallOutcome => {
  if (error instanceof PluginError) return 'refused'
  return error instanceof CallError ? error.kind : 'failed'
}

const asText = (bytes: Uint8Array): string =>
  (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString('utf8')

const maxTries = 5

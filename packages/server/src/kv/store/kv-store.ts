import type { ManagedConnection } from '@easyrest/host'
import type { RequestContext } from '@easyrest/protocol'
import type { Meter } from '../../observe/meter.js'
import type { Observe } from '../../observe/observation.js'
import type { DocumentRow } from '../documents/row.js'
import { KvOpening } from '../start/kv-opening.js'
import { every, hasRevision, isDead, isKey, isLive, isOneOf } from './conditions.js'
import { KvTable } from './kv-table.js'
import { putRow } from './put-row.js'
import { Revisions } from './revisions.js'
import { SharedReads } from './shared-reads.js'
import { SharedWrites } from './shared-writes.js'
import type { WriteCondition } from './write-condition.js'

export interface KvStoreOptions {
  readonly connection: ManagedConnection
  /** Of calls that no preference of a client concerns: only those are shared. */
  readonly context: RequestContext
  readonly meter: Meter
  readonly observe: Observe
  /** Rows in one call. */
  readonly maxRows: number
  readonly mayCreate: boolean
}

/** The documents on one connection. Lives as long as the connection: a reload that keeps this keeps that. */
export class KvStore {
  readonly table: KvTable
  readonly opening: KvOpening
  readonly revisions = new Revisions()
  private readonly reads: SharedReads
  private readonly writes: SharedWrites

  constructor(readonly options: KvStoreOptions) {
    const { connection, context, meter, maxRows, mayCreate, observe } = options
    this.table = new KvTable(connection, meter)
    this.opening = new KvOpening(connection, this.table, context, mayCreate, observe)
    this.reads = new SharedReads(this.table, context, maxRows)
    this.writes = new SharedWrites(this.table, context, maxRows)
  }

  async get(context: RequestContext, pk: string): Promise<DocumentRow | undefined> {
    if (context === this.options.context) return this.reads.get(pk)
    return (await this.table.select(context, every(isKey(pk), isLive(Date.now())), { limit: 1 }))[0]
  }

  /** Those that are there, in any order. */
  async getMany(context: RequestContext, pks: readonly string[]): Promise<DocumentRow[]> {
    const { maxRows } = this.options
    const found: DocumentRow[] = []
    for (let start = 0; start < pks.length; start += maxRows) {
      const some = isOneOf(pks.slice(start, start + maxRows))
      found.push(...(await this.table.select(context, every(some, isLive(Date.now())))))
    }
    return found
  }

  /**
   * Answers whether it was written; it is not where the condition does not hold.
   * @param keepsTtl a document that is there lives as long as it would have
   */
  async put(context: RequestContext, row: DocumentRow, condition: WriteCondition, keepsTtl: boolean): Promise<boolean> {
    const canUpsert = this.opening.features?.upsert ?? false
    const isPlain = context === this.options.context && condition.kind === 'none' && !keepsTtl
    if (!isPlain || !canUpsert) return putRow(this.table, context, row, condition, { keepsTtl, canUpsert })
    await this.writes.put(row)
    return true
  }

  /** Gives a document another time to live. Answers whether there was one that meets the condition. */
  async touch(
    context: RequestContext,
    { pk, rev, live_until }: Pick<DocumentRow, 'pk' | 'rev' | 'live_until'>,
    condition: WriteCondition,
  ): Promise<boolean> {
    return (await this.table.update(context, every(isKey(pk), ...held(condition)), { rev, live_until })) > 0
  }

  /** Answers whether there was one that meets the condition. */
  async remove(context: RequestContext, pk: string, condition: WriteCondition): Promise<boolean> {
    return (await this.table.remove(context, every(isKey(pk), ...held(condition)))) > 0
  }

  /** Removes the rows of what was deleted or has expired; any number of servers may do so at any time. */
  removeDead(): Promise<number> {
    return this.table.remove(this.options.context, isDead(Date.now()))
  }
}

const held = (condition: WriteCondition) => [
  isLive(Date.now()),
  ...(condition.kind === 'revision' ? [hasRevision(condition.revisions)] : []),
]

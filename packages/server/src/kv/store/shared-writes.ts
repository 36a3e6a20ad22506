import { type ErrorReason, PluginError, type RequestContext } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import type { KvTable } from './kv-table.js'

interface Writer {
  readonly row: DocumentRow
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Unconditional writes of single documents. Those that come while a call is under way share the next one: one statement,
 * one fsync. What the database refuses is refused to the one it belongs to: the rows of a call that was refused, and so
 * not done, go again one by one.
 */
export class SharedWrites {
  private waiting: Writer[] = []
  private isUnderWay = false
  private planned = false

  /** @param maxRows rows that may be written in one call */
  constructor(
    private readonly table: KvTable,
    private readonly context: RequestContext,
    private readonly maxRows: number,
  ) {}

  put(row: DocumentRow): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, resolve, reject })
      this.plan()
    })
  }

  private plan(): void {
    if (this.planned || this.isUnderWay || this.waiting.length === 0) return
    this.planned = true
    setImmediate(() => {
      this.planned = false
      void this.write(this.take())
    })
  }

  /** A key that comes twice is left for the next call: one statement writes a row once. */
  private take(): Writer[] {
    const taken = new Map<string, Writer>()
    const left: Writer[] = []
    for (const writer of this.waiting) {
      if (taken.size === this.maxRows || taken.has(writer.row.pk)) left.push(writer)
      else taken.set(writer.row.pk, writer)
    }
    this.waiting = left
    return [...taken.values()]
  }

  private async write(writers: readonly Writer[]): Promise<void> {
    this.isUnderWay = true
    try {
      const refused = await this.upsert(writers)
      if (refused !== undefined) for (const writer of writers) await this.upsert([writer])
    } finally {
      this.isUnderWay = false
      this.plan()
    }
  }

  /** Answers the refusal when the writers do not know of it yet. */
  private async upsert(writers: readonly Writer[]): Promise<PluginError | undefined> {
    try {
      await this.table.upsert(
        this.context,
        writers.map(({ row }) => row),
      )
      for (const { resolve } of writers) resolve()
    } catch (error) {
      if (writers.length > 1 && isRefusal(error)) return error
      for (const { reject } of writers) reject(error)
    }
    return undefined
  }
}

// Only what says that nothing was done: a write whose outcome is not known is not repeated.
const isRefusal = (error: unknown): error is PluginError => error instanceof PluginError && refusals.has(error.reason)

const refusals: ReadonlySet<string> = new Set<ErrorReason>([
  ...(['bad_value', 'check', 'not_null', 'too_large', 'unique', 'foreign_key', 'exclusion'] as const),
])

import type { RequestContext } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import { every, isKey, isLive, isOneOf } from './conditions.js'
import type { KvTable } from './kv-table.js'

interface Reader {
  readonly pk: string
  readonly resolve: (row: DocumentRow | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Reads of single documents. Those that come while a call is under way share the next one. None is answered from a call
 * that began before it came, so each sees every write that was acknowledged before.
 */
export class SharedReads {
  private waiting: Reader[] = []
  private underWay = 0
  private planned = false

  /** @param maxRows rows that may be asked for in one call */
  constructor(
    private readonly table: KvTable,
    private readonly context: RequestContext,
    private readonly maxRows: number,
  ) {}

  get(pk: string): Promise<DocumentRow | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ pk, resolve, reject })
      this.plan()
    })
  }

  // At the end of this turn of the event loop, so that all that came in it go together.
  private plan(): void {
    if (this.planned || this.underWay === maxCalls || this.waiting.length === 0) return
    this.planned = true
    setImmediate(() => {
      this.planned = false
      void this.ask(this.waiting.splice(0, this.maxRows))
      this.plan()
    })
  }

  private async ask(readers: readonly Reader[]): Promise<void> {
    this.underWay++
    try {
      const rows = await this.select([...new Set(readers.map(({ pk }) => pk))])
      for (const { pk, resolve } of readers) resolve(rows.get(pk))
    } catch (error) {
      for (const { reject } of readers) reject(error)
    } finally {
      this.underWay--
      this.plan()
    }
  }

  private async select(pks: readonly string[]): Promise<ReadonlyMap<string, DocumentRow>> {
    const keys = pks.length === 1 ? isKey(pks[0]!) : isOneOf(pks)
    const rows = await this.table.select(this.context, every(keys, isLive(Date.now())))
    return new Map(rows.map((row) => [row.pk, row]))
  }
}

const maxCalls = 2

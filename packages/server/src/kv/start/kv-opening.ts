import { setTimeout as sleep } from 'node:timers/promises'
import type { ManagedConnection } from '@easyrest/host'
import { PluginError, type RequestContext } from '@easyrest/protocol'
import type { Observe } from '../../observe/observation.js'
import type { KvTable } from '../store/kv-table.js'
import { findKopanoTable } from './find-kopano-table.js'
import { declaredFeatures, describeFallbacks, type KvFeatures } from './kv-features.js'
import { kvTableDefinition } from './kv-table-definition.js'
import { probeTable, UnfitTable } from './probe-table.js'

/**
 * Makes a store ready: waits for the plugin, makes the table where it may, and tries it. What fails is tried again, so that
 * a table that somebody makes, or a database that comes back, is enough. The log tells each reason once.
 */
export class KvOpening {
  private opened: KvFeatures | undefined
  private reason = 'it is starting'
  private begun: Promise<void> | undefined
  private readonly waiting = new Set<() => void>()

  constructor(
    private readonly connection: ManagedConnection,
    private readonly table: KvTable,
    private readonly context: RequestContext,
    private readonly mayCreate: boolean,
    private readonly observe: Observe,
  ) {}

  /** undefined: not ready yet. */
  get features(): KvFeatures | undefined {
    return this.opened
  }

  /** Why it is not ready. */
  get problem(): string {
    return this.reason
  }

  begin(): void {
    this.begun ??= this.run()
  }

  /** Resolves when it is ready or the time is over. */
  wait(timeoutMs: number): Promise<void> {
    this.begin()
    if (this.opened !== undefined || timeoutMs === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.waiting.delete(end)
        resolve()
      }
      const timer = setTimeout(end, timeoutMs)
      this.waiting.add(end)
    })
  }

  private async run(): Promise<void> {
    for (let tries = 0; this.opened === undefined && this.connection.status.state !== 'closed'; tries++) {
      try {
        await this.connection.waitReady(waitReadyMs)
        await this.open()
      } catch (error) {
        this.failed(error)
        await sleep(Math.min(longestPauseMs, shortestPauseMs * 2 ** tries), undefined, { ref: false })
      }
    }
  }

  private async open(): Promise<void> {
    const { connection, context } = this
    if (this.mayCreate && connection.can('ensure_table')) await connection.db.ensureTable(kvTableDefinition(context))
    this.opened = await probeTable(this.table, context, declaredFeatures(connection))
    this.observe({ kind: 'kv-ready', connection: connection.name, fallbacks: describeFallbacks(this.opened) })
    for (const wake of this.waiting) wake()
    if (await findKopanoTable(connection, context)) this.observe({ kind: 'kv-kopano', connection: connection.name })
  }

  private failed(error: unknown): void {
    // The server stops, or a reload has replaced the connection: nothing is tried again.
    if (this.connection.status.state === 'closed') return
    const reason = reasonOf(error, this.connection.name)
    if (reason === this.reason) return
    this.reason = reason
    this.observe({ kind: 'kv-off', connection: this.connection.name, reason })
  }
}

const reasonOf = (error: unknown, connection: string): string => {
  const { message } = error as Error
  const isMissing = error instanceof PluginError && error.reason === 'unknown_table'
  const isOther = error instanceof PluginError && error.reason === 'unknown_column'
  if (!isMissing && !isOther && !(error instanceof UnfitTable)) return message
  const what = isMissing ? 'there is no table easyrest_kv' : `the table easyrest_kv is not fit: ${message}`
  return `${what}; easyrest-server kv ddl --connection ${connection} prints the SQL that makes it`
}

const waitReadyMs = 30_000
const shortestPauseMs = 250
const longestPauseMs = 10_000

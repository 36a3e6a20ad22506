import type { Call } from '@easyrest/plugin'
import { PluginError } from '@easyrest/protocol'
import { QueryProcess } from './query-process.js'
import type { ClientQuery, QueryRows } from './run-query.js'
import type { SqliteUri } from './sqlite-uri.js'

/** Runs the queries of clients in processes of their own, which are started when there is a query, and kept a while. */
export class QueryProcesses {
  private readonly idle: IdleProcess[] = []
  private readonly all = new Set<QueryProcess>()
  private readonly waiting: (() => void)[] = []

  constructor(private readonly location: SqliteUri) {}

  /** Rejects with PluginError; at once, and with the process killed, when nobody waits for the answer any more. */
  async run(query: ClientQuery, call: Pick<Call, 'signal' | 'cancelled'> | undefined): Promise<QueryRows> {
    const process = await this.take(call)
    try {
      return await process.run(query, call)
    } finally {
      this.release(process)
    }
  }

  close(): void {
    for (const process of this.all) process.kill()
    for (const { timer } of this.idle) clearTimeout(timer)
  }

  private async take(call: Pick<Call, 'cancelled'> | undefined): Promise<QueryProcess> {
    for (;;) {
      if (call?.cancelled) {
        this.waiting.shift()?.()
        throw new PluginError('cancelled', 'nobody waits for the answer any more')
      }
      const found = this.takeIdle() ?? this.start()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  private takeIdle(): QueryProcess | undefined {
    for (let last = this.idle.pop(); last !== undefined; last = this.idle.pop()) {
      clearTimeout(last.timer)
      if (last.process.isAlive) return last.process
      this.all.delete(last.process)
    }
    return undefined
  }

  private start(): QueryProcess | undefined {
    if (this.all.size >= mostProcesses) return undefined
    const process = new QueryProcess(this.location)
    this.all.add(process)
    return process
  }

  private release(process: QueryProcess): void {
    if (process.isAlive) this.idle.push({ process, timer: setTimeout(() => process.kill(), idleMs).unref() })
    else this.all.delete(process)
    this.waiting.shift()?.()
  }
}

interface IdleProcess {
  readonly process: QueryProcess
  readonly timer: NodeJS.Timeout
}

/** Each may fill a processor, and 768 MiB. */
const mostProcesses = 4
const idleMs = 60_000

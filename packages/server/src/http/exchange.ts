import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallOptions, CancelSignal } from '@easyrest/host'
import type { Snapshot } from '../snapshot/snapshot.js'
import { readBody } from './read-body.js'

/** One request on its way: what came, the snapshot it holds, and how long its parts took. */
export class Exchange {
  readonly started = performance.now()
  private readonly timings: string[] = []
  private gone: ClientGone | undefined

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly snapshot: Snapshot,
    readonly path: string,
    readonly rawQuery: string,
    readonly requestId: string,
  ) {}

  body(): Promise<Buffer> {
    return readBody(this.request, this.snapshot.config.server.maxBodyBytes)
  }

  /** Runs a plugin call: measured, bounded by `limitMs` and the time left for the request, cancelled when the client goes away. */
  call<T>(name: string, limitMs: number, run: (options: CallOptions) => Promise<T>): Promise<T> {
    const leftMs = this.snapshot.config.server.requestTimeoutMs - (performance.now() - this.started)
    const options = { signal: this.signal(), timeoutMs: Math.max(1, Math.min(limitMs, leftMs)) }
    return this.measure(name, () => run(options))
  }

  /** Runs a part of the work that the Server-Timing header shows under this name. */
  async measure<T>(name: string, run: () => Promise<T>): Promise<T> {
    const before = performance.now()
    try {
      return await run()
    } finally {
      this.timings.push(`${name};dur=${(performance.now() - before).toFixed(3)}`)
    }
  }

  /** The Server-Timing header. */
  get serverTiming(): string {
    return [...this.timings, `total;dur=${(performance.now() - this.started).toFixed(3)}`].join(', ')
  }

  private signal(): CancelSignal {
    this.gone ??= new ClientGone(this.response)
    return this.gone
  }
}

/** Aborted when the connection closes before the answer is written. */
class ClientGone implements CancelSignal {
  aborted = false
  private readonly listeners = new Set<() => void>()

  constructor(response: ServerResponse) {
    response.once('close', () => {
      if (response.writableEnded) return
      this.aborted = true
      for (const listener of this.listeners) listener()
    })
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener)
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallOptions, CancelSignal } from '@easyrest/host'
import type { Snapshot } from '../snapshot.js'
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
  async call<T>(name: string, limitMs: number, run: (options: CallOptions) => Promise<T>): Promise<T> {
    const before = performance.now()
    const leftMs = this.snapshot.config.server.requestTimeoutMs - (before - this.started)
    try {
      return await run({ signal: this.signal(), timeoutMs: Math.max(1, Math.min(limitMs, leftMs)) })
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

import type { PluginError } from '@easyrest/protocol'
import type { PluginThread, StreamReader } from './plugin-thread.js'

/** A long answer on its way from a thread, taken chunk by chunk. */
export class ThreadStream implements StreamReader {
  private readonly ready: Buffer[] = []
  private ended = false
  private error: PluginError | undefined
  private wake: (() => void) | undefined
  private readonly over: Promise<void>
  private settleOver!: () => void

  constructor(
    private readonly thread: PluginThread,
    request: Uint8Array,
  ) {
    this.over = new Promise((resolve) => {
      this.settleOver = resolve
    })
    thread.startStream(request, this)
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const message = this.ready.shift()
      if (message !== undefined) {
        yield message
        this.thread.nextChunk()
      } else if (this.error !== undefined) throw this.error
      else if (this.ended) return
      else await this.more()
    }
  }

  cancel(error: PluginError): void {
    this.error ??= error
    this.thread.cancelStream()
    this.wake?.()
  }

  /** Resolves when the thread is free for another stream. */
  finish(): Promise<void> {
    if (!this.ended) this.thread.cancelStream()
    return this.over
  }

  chunk(message: Buffer): void {
    this.ready.push(message)
    this.wake?.()
  }

  end(error: PluginError | undefined): void {
    this.ended = true
    this.error ??= error
    this.settleOver()
    this.wake?.()
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve
    })
  }
}

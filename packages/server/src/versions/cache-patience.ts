import type { CallOptions } from '@easyrest/host'

/**
 * How much a cache may cost a request: a tenth of a second, and nothing while it rests after a failure. One that comes
 * back is noticed by a single request each half second.
 */
export class CachePatience {
  /** 0: the last calls went well. */
  private restUntil = 0

  /** @param onChange told once when the cache fails (with the error), and once when it is well again */
  constructor(private readonly onChange: (error: unknown) => void) {}

  /**
   * Runs calls of the cache that have to be done within the budget together. Never rejects.
   * @param work gets the options for its next call
   * @returns undefined when the cache rests, fails or is late
   */
  async run<T>(work: (options: () => CallOptions) => Promise<T>): Promise<T | undefined> {
    if (!this.mayTry()) return undefined
    const end = performance.now() + budgetMs
    try {
      const result = await work(() => ({ timeoutMs: Math.max(1, end - performance.now()) }))
      if (this.restUntil !== 0) this.onChange(undefined)
      this.restUntil = 0
      return result
    } catch (error) {
      if (this.restUntil === 0) this.onChange(error)
      this.restUntil = performance.now() + restMs
      return undefined
    }
  }

  /** The one that may try makes the others rest until it knows. */
  private mayTry(): boolean {
    const now = performance.now()
    if (now < this.restUntil) return false
    if (this.restUntil !== 0) this.restUntil = now + restMs
    return true
  }
}

const budgetMs = 100
const restMs = 500

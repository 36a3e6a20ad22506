/** How long to wait before the next start: 0, 0.1, 0.2, 0.4 ... 32 s, each with 20 % jitter. */
export class BackOff {
  private attempt = 0
  private lastMs = 0

  next(): number {
    const delay = this.attempt === 0 ? 0 : Math.min(firstMs * 2 ** (this.attempt - 1), longestMs)
    this.attempt++
    this.lastMs = delay * (1 + jitter * (2 * Math.random() - 1))
    return this.lastMs
  }

  /**
   * The process was healthy for so long before it ended. After a minute all is forgiven; and sooner where that costs
   * little, so that a plugin killed now and then is back at once and one that dies again and again is not.
   */
  healthyFor(ms: number): void {
    if (ms >= Math.min(forgivenMs, Math.max(1000, 10 * this.lastMs))) this.attempt = 0
  }
}

const firstMs = 100
const longestMs = 32_000
const jitter = 0.2
const forgivenMs = 60_000

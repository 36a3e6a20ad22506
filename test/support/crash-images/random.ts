/** Chance that repeats itself for the same seed (mulberry32), so that a failure can be looked at again. */
export class Random {
  constructor(private state: number) {}

  /** An integer from 0 to one below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(): boolean {
    return this.next() < 0.5
  }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Counts what is under way and tells when nothing is. */
export class InFlight {
  private count = 0
  private readonly waiting = new Set<() => void>()

  get size(): number {
    return this.count
  }

  enter(): void {
    this.count++
  }

  leave(): void {
    this.count--
    if (this.count > 0) return
    for (const wake of this.waiting) wake()
    this.waiting.clear()
  }

  /** Resolves with true when nothing is under way, with false when that takes longer. */
  idle(timeoutMs: number): Promise<boolean> {
    if (this.count === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const wake = (): void => finish(true)
      const timer = setTimeout(() => finish(false), timeoutMs)
      const finish = (idle: boolean): void => {
        clearTimeout(timer)
        this.waiting.delete(wake)
        resolve(idle)
      }
      this.waiting.add(wake)
    })
  }
}

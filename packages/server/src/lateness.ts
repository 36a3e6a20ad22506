/**
 * Says when new work should be refused because the event loop cannot keep up. One long pause refuses nobody (garbage
 * collection, a busy machine): the loop must have been late several times in a row. Looks only while work comes in.
 */
export class Lateness {
  private timer: NodeJS.Timeout | undefined
  /** When the timer should next be served. */
  private due = 0
  private lateInARow = 0
  private askedSinceLook = false
  private refusedAt = Number.NEGATIVE_INFINITY

  /** Called for each piece of work as it comes. */
  mustRefuse(): boolean {
    const now = performance.now()
    this.askedSinceLook = true
    if (this.timer === undefined) this.planLook(now)
    if (now - this.due <= toleratedMs) return false
    const wasRefusing = now - this.refusedAt < rememberedMs
    if (!wasRefusing && this.lateInARow < looksBeforeRefusal) return false
    this.refusedAt = now
    return true
  }

  private planLook(now: number): void {
    this.askedSinceLook = false
    this.due = now + intervalMs
    this.timer = setTimeout(() => this.look(), intervalMs).unref()
  }

  private look(): void {
    const now = performance.now()
    this.lateInARow = now - this.due > toleratedMs ? this.lateInARow + 1 : 0
    this.timer = undefined
    if (this.askedSinceLook) this.planLook(now)
  }
}

const intervalMs = 20
const toleratedMs = 50
const looksBeforeRefusal = 2
const rememberedMs = 1000

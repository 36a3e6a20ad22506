/**
 * Says when new work should be refused because the event loop cannot keep up. One long pause refuses nobody (garbage
 * collection, a busy machine): the loop must have been late several times in a row, or by much work in one turn. Looks
 * only while work comes in.
 */
export class Lateness {
  private timer: NodeJS.Timeout | undefined
  /** When the timer should next be served. */
  private due = 0
  private lateInARow = 0
  private askedSinceLook = 0
  private refusedAt = Number.NEGATIVE_INFINITY

  /** Called for each piece of work as it comes. */
  mustRefuse(): boolean {
    const now = performance.now()
    this.askedSinceLook++
    if (this.timer === undefined) this.planLook(now)
    if (now - this.due <= toleratedMs) return false
    const isNew = now - this.refusedAt > rememberedMs
    if (isNew && this.lateInARow < looksBeforeRefusal && this.askedSinceLook < muchWork) return false
    this.refusedAt = now
    return true
  }

  private planLook(now: number): void {
    this.askedSinceLook = 0
    this.due = now + intervalMs
    this.timer = setTimeout(() => this.look(), intervalMs).unref()
  }

  private look(): void {
    const now = performance.now()
    this.lateInARow = now - this.due > toleratedMs ? this.lateInARow + 1 : 0
    this.timer = undefined
    if (this.askedSinceLook > 0) this.planLook(now)
  }
}

const intervalMs = 20
const toleratedMs = 50
const looksBeforeRefusal = 2
/** In one turn of the loop. */
const muchWork = 20
const rememberedMs = 1000

/**
 * Says when new work should be refused because the event loop cannot keep up. One long pause refuses nobody (garbage
 * collection, a machine with others on it): the loop must have been late for some time. Looks only while work comes in.
 */
export class Lateness {
  private timer: NodeJS.Timeout | undefined
  /** When the timer should next be served. */
  private due = 0
  /** When the loop was first seen to be late, since it was last on time. */
  private lateSince = Number.POSITIVE_INFINITY
  private askedSinceLook = false
  private refusedAt = Number.NEGATIVE_INFINITY

  /** Called for each piece of work as it comes. */
  mustRefuse(): boolean {
    const now = performance.now()
    this.askedSinceLook = true
    if (this.timer === undefined) this.planLook(now)
    if (now - this.due <= toleratedMs) return false
    this.lateSince = Math.min(this.lateSince, now)
    if (now - this.lateSince < pauseMs && now - this.refusedAt > rememberedMs) return false
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
    const isLate = now - this.due > toleratedMs
    this.lateSince = isLate ? Math.min(this.lateSince, now) : Number.POSITIVE_INFINITY
    this.timer = undefined
    if (this.askedSinceLook) this.planLook(now)
  }
}

const intervalMs = 20
const toleratedMs = 50
/** A loop that is late for less than this is not refused anything for it. */
const pauseMs = 100
/** So long after a refusal the loop counts as one that cannot keep up as soon as it is late. */
const rememberedMs = 1000

/**
 * Tables that may have changed without their version having done so: nothing that is remembered under it may be
 * believed. At most a thousand; beyond that nothing is believed until everything remembered has expired.
 */
export class UnknownVersions {
  private readonly marks = new Map<string, Mark>()
  private blindUntil = 0

  /** @param ttlMs how long the cache remembers anything */
  constructor(private readonly ttlMs: number) {}

  has(tables: readonly string[]): boolean {
    if (this.marks.size === 0 && this.blindUntil === 0) return false
    return performance.now() < this.blindUntil || tables.some((table) => this.marks.has(table))
  }

  /** @param dueInMs when a new version will settle it */
  add(tables: readonly string[], dueInMs: number): void {
    const dueAt = performance.now() + dueInMs
    for (const table of tables) {
      if (this.marks.size >= maxMarks && !this.marks.has(table)) this.becomeBlind()
      this.marks.set(table, { dueAt: Math.max(dueAt, this.marks.get(table)?.dueAt ?? 0) })
    }
  }

  /** The marks that a version set from now on settles. */
  due(): ReadonlyMap<string, Mark> {
    if (this.marks.size === 0) return this.marks
    const now = performance.now()
    return new Map([...this.marks].filter(([, { dueAt }]) => dueAt <= now))
  }

  /** The tables have new versions. Marks that were made meanwhile stay. @param due as it was before */
  settle(tables: readonly string[], due: ReadonlyMap<string, Mark>): void {
    for (const table of tables) {
      const mark = due.get(table)
      if (mark !== undefined && this.marks.get(table) === mark) this.marks.delete(table)
    }
  }

  private becomeBlind(): void {
    this.marks.clear()
    this.blindUntil = performance.now() + this.ttlMs
  }
}

/** An object of its own for each time a table is marked. */
interface Mark {
  readonly dueAt: number
}

const maxMarks = 1000

import { randomBytes } from 'node:crypto'

/**
 * Gives every write a revision that no other write has: `r`, 12 hexadecimal digits of milliseconds, 4 of a counter, 12
 * that this process has drawn. Those of one process ascend, also when its clock is set back.
 */
export class Revisions {
  private readonly node = randomBytes(6).toString('hex')
  private lastMs = 0
  private counter = 0

  next(now = Date.now()): string {
    if (now > this.lastMs) {
      this.lastMs = now
      this.counter = 0
    } else if (++this.counter === counters) {
      this.lastMs++
      this.counter = 0
    }
    return `r${hex(this.lastMs, 12)}${hex(this.counter, 4)}${this.node}`
  }
}

/** When the write of this revision was made, in ms since 1970. */
export const timeOf = (revision: string): number => Number.parseInt(revision.slice(1, 13), 16)

export const isRevision = (text: string): boolean => /^r[0-9a-f]{28}$/.test(text)

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

const counters = 0x10000

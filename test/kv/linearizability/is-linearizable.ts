import type { Operation } from './operation.js'

/**
 * Whether the operations on one key can be put in an order that agrees with what each client saw and with who had finished
 * before whom began (Wing and Gong's search, with what was tried remembered). What nobody knows of may have happened at any
 * time after it began, or never.
 */
export const isLinearizable = (operations: readonly Operation[]): boolean => {
  const sorted = [...operations].sort((a, b) => a.invoked - b.invoked)
  return new Search(sorted).from(0, new Set(), undefined)
}

class Search {
  private readonly tried = new Set<string>()

  constructor(private readonly operations: readonly Operation[]) {}

  /** @param start all before it are placed @param placed those behind it that are @param state the value that is there */
  from(start: number, placed: ReadonlySet<number>, state: string | undefined): boolean {
    let first = start
    while (placed.has(first)) first++
    const further = [...placed].filter((index) => index > first)
    const name = `${first} ${further.sort((a, b) => a - b).join(',')} ${state ?? ''}`
    if (this.tried.has(name)) return false
    this.tried.add(name)
    return (
      this.isOver(first, placed) ||
      this.candidates(first, placed).some((index) => this.place(index, first, further, state))
    )
  }

  private place(index: number, first: number, further: readonly number[], state: string | undefined): boolean {
    const operation = this.operations[index]!
    const next = apply(operation, state)
    return next !== undefined && this.from(first, new Set([...further, index]), next.state)
  }

  /** What is left may all never have happened. */
  private isOver(first: number, placed: ReadonlySet<number>): boolean {
    return this.operations.every((operation, index) => index < first || placed.has(index) || isUnknown(operation))
  }

  /** Those that began before any of the others had ended. */
  private candidates(first: number, placed: ReadonlySet<number>): number[] {
    let firstEnd = Number.POSITIVE_INFINITY
    const found: number[] = []
    for (let index = first; index < this.operations.length; index++) {
      const { invoked, completed } = this.operations[index]!
      if (invoked > firstEnd) break
      if (placed.has(index)) continue
      found.push(index)
      firstEnd = Math.min(firstEnd, completed)
    }
    return found.filter((index) => this.operations[index]!.invoked <= firstEnd)
  }
}

const isUnknown = ({ completed }: Operation): boolean => completed === Number.POSITIVE_INFINITY

/** What is there afterwards; undefined: the client saw something else. */
const apply = (operation: Operation, state: string | undefined): { readonly state: string | undefined } | undefined => {
  const { kind, value, seen, found, done } = operation
  if (kind === 'get') return found === state ? { state } : undefined
  const holds =
    kind === 'put' ||
    (kind === 'create' && state === undefined) ||
    (kind === 'cas' && state !== undefined && state === seen) ||
    (kind === 'delete' && state !== undefined)
  if (!isUnknown(operation) && holds !== done) return undefined
  if (!holds) return { state }
  return { state: kind === 'delete' ? undefined : value }
}

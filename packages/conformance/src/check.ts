import type { Capability, Role } from '@easyrest/protocol'
import type { ColumnUse, Seed } from './seed.js'
import type { Subject } from './subject.js'

/** One rule of the contract that can be tried on a running plugin. */
export interface Check {
  /** `<group>.<name>`, unique and stable: reports and tests name it. */
  readonly id: string
  /** What holds when it passes. */
  readonly title: string
  /** Where the contract says so. */
  readonly rule: string
  readonly needs: Needs
  /** Returns when the rule holds; throws Violation when it does not. */
  run(subject: Subject): Promise<void>
}

/** What a plugin and its seed must offer for a check to apply; otherwise it is skipped, visibly. */
export interface Needs {
  readonly role?: Role
  readonly capabilities?: readonly Capability[]
  /** Columns of the seed's table. */
  readonly columns?: readonly ColumnUse[]
  /** Other members of the seed. */
  readonly seed?: readonly (keyof Seed)[]
  /** The table can be written. */
  readonly writes?: boolean
  /** The database knows the types of its columns. */
  readonly types?: boolean
}

interface GroupedCheck extends Pick<Check, 'id' | 'title' | 'run'> {
  readonly rule?: string
  readonly needs?: Needs
}

/** Checks of one part of the contract; what they share is said once. */
export const group = (
  { id, rule, needs: shared = {} }: { id: string; rule: string; needs?: Needs },
  checks: readonly GroupedCheck[],
): Check[] =>
  checks.map((check) => ({
    rule,
    ...check,
    id: `${id}.${check.id}`,
    needs: merge(shared, check.needs ?? {}),
  }))

const merge = (shared: Needs, own: Needs): Needs => ({
  ...shared,
  ...own,
  capabilities: [...(shared.capabilities ?? []), ...(own.capabilities ?? [])],
  columns: [...(shared.columns ?? []), ...(own.columns ?? [])],
  seed: [...(shared.seed ?? []), ...(own.seed ?? [])],
})

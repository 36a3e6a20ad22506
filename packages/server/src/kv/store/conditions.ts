import type { Comparison, Operator, Predicate } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import type { KeyRange } from '../keys/key-range.js'

// Conditions on rows of the table: comparisons that are all to be met, which every plugin can do.

/** One conjunction, whatever the items are: a plugin without filter_tree knows no other. */
export const every = (...items: readonly Predicate[]): Predicate => ({
  kind: 'and',
  items: items.flatMap((item) => (item.kind === 'and' ? item.items : [item])),
})

export const isKey = (pk: string): Predicate => compare('pk', 'eq', pk)

export const isOneOf = (pks: readonly string[]): Predicate => compare('pk', 'in', ...pks)

export const isInRange = ({ from, to }: KeyRange): Predicate =>
  every(compare('pk', 'gte', from), compare('pk', 'lt', to))

export const isInCollection = (collection: string): Predicate => compare('collection', 'eq', collection)

export const hasRevision = (revisions: readonly string[]): Predicate => compare('rev', 'in', ...revisions)

/** Neither deleted nor expired. */
export const isLive = (now: number): Predicate => compare('live_until', 'gt', String(now))

export const isDead = (now: number): Predicate => compare('live_until', 'lte', String(now))

const compare = (column: keyof DocumentRow, operator: Operator, ...operands: readonly string[]): Comparison => ({
  kind: 'comparison',
  column,
  operator,
  operands,
})

import type { Operator, Predicate } from '@easyrest/protocol'
import type { Selection } from './selection.js'
import type { TableShape } from './table-shape.js'

/**
 * The limit of a page along the primary key: ordered by it, and with conditions on nothing else. Whatever the operands
 * are, reading the key's index from one end of the range is best, so one plan serves all of them. Undefined for any
 * other selection, and for a limit that is too large to be one of a few.
 */
export const keyPageLimit = (
  { where, ordering, grouping, distinct, page }: Selection,
  { primaryKey }: TableShape,
): number | undefined => {
  const limit = page?.limit
  if (limit === undefined || !(limit >= 0 && limit <= largestLimit)) return undefined
  if (distinct || grouping.length > 0) return undefined
  if (ordering.length === 0 || ordering.length > primaryKey.length) return undefined
  const { direction } = ordering[0]!
  const isAlong = ordering.every((term, index) => term.column === primaryKey[index] && term.direction === direction)
  return isAlong && isRange(where, primaryKey) ? limit : undefined
}

const isRange = (predicate: Predicate | undefined, primaryKey: readonly string[]): boolean => {
  if (predicate === undefined) return true
  if (predicate.kind === 'and') return predicate.items.every((item) => isRange(item, primaryKey))
  return (
    predicate.kind === 'comparison' && rangeOperators.has(predicate.operator) && primaryKey.includes(predicate.column)
  )
}

const rangeOperators: ReadonlySet<Operator> = new Set(['eq', 'lt', 'lte', 'gt', 'gte'])

/** Each is a text of its own, which a server keeps parsed. */
const largestLimit = 1000

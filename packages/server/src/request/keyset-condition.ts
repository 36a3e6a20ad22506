import type { Comparison, Operator, Predicate } from '@easyrest/protocol'
import type { KeysetKey } from './keyset.js'

/** The values of the keys in a row, in the order of the keys, as operands; undefined is NULL. */
export type KeysetPosition = readonly (string | undefined)[]

/** Holds for the rows behind the position: greater in the first key, or equal in it and greater in the next, and so on. */
export const behind = (keys: readonly KeysetKey[], position: KeysetPosition): Predicate => {
  const steps = keys.flatMap((key, index) => {
    const greater = greaterThan(key, position[index])
    return greater === undefined ? [] : [conjunction([...equalities(keys.slice(0, index), position), greater])]
  })
  const lexicographic: Predicate = steps.length === 1 ? steps[0]! : { kind: 'or', items: steps }
  return keys.length === 1 ? lexicographic : bounded(keys, position, lexicographic)
}

/** The same, and the row at the position, if it has these values; not if it merely comes behind what is told of them. */
export const atOrBehind = (keys: readonly KeysetKey[], position: KeysetPosition): Predicate => {
  const at = equalities(keys, position)
  const thisRow = at.filter((_, index) => keys[index]!.primary)
  const others: Predicate = { kind: 'not', item: conjunction(thisRow) }
  return bounded(keys, position, {
    kind: 'or',
    items: [conjunction(at), conjunction([behind(keys, position), others])],
  })
}

const equalities = (keys: readonly KeysetKey[], position: KeysetPosition): Predicate[] =>
  keys.map(({ column }, index) => {
    const value = position[index]
    return value === undefined ? compare(column, 'is', 'null') : compare(column, 'eq', value)
  })

/** undefined: nothing can be greater. */
const greaterThan = (key: KeysetKey, value: string | undefined): Predicate | undefined => {
  const { column, nulls, nullable } = key
  if (value === undefined) return nulls === 'first' ? compare(column, 'is', 'not_null') : undefined
  const greater = compare(column, operatorOf(key), value)
  if (nulls === 'first' || !nullable) return greater
  return { kind: 'or', items: [greater, compare(column, 'is', 'null')] }
}

// The bound follows from the alternatives, but a database finds its place in an index by it, and not by them.
const bounded = (keys: readonly KeysetKey[], position: KeysetPosition, alternatives: Predicate): Predicate => {
  const [key] = keys
  const [value] = position
  if (key === undefined || value === undefined || (key.nullable && key.nulls === 'last')) return alternatives
  return conjunction([compare(key.column, key.direction === 'desc' ? 'lte' : 'gte', value), alternatives])
}

const operatorOf = ({ direction }: KeysetKey): Operator => (direction === 'desc' ? 'lt' : 'gt')

const compare = (column: string, operator: Operator, operand: string): Comparison => ({
  kind: 'comparison',
  column,
  operator,
  operands: [operand],
})

const conjunction = (items: readonly Predicate[]): Predicate =>
  items.length === 1 ? items[0]! : { kind: 'and', items }

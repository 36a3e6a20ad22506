/** A condition on rows, as proto/easyrest/plugin/v1/table.proto defines it. */
export type Predicate = Comparison | Conjunction | Disjunction | Negation

export interface Comparison {
  readonly kind: 'comparison'
  /** In `having`: an alias of the projection. */
  readonly column: string
  readonly operator: Operator
  /** Text; the plugin converts it to the column's type. One; `in` any number; `between` two. */
  readonly operands: readonly string[]
}

/** True when all items are; an empty one is true. */
export interface Conjunction {
  readonly kind: 'and'
  readonly items: readonly Predicate[]
}

/** True when one item is; an empty one is false. */
export interface Disjunction {
  readonly kind: 'or'
  readonly items: readonly Predicate[]
}

export interface Negation {
  readonly kind: 'not'
  readonly item: Predicate
}

/** In the order of the numbers in table.proto. */
export const operators = [
  'unspecified',
  'eq',
  'neq',
  'lt',
  'lte',
  'gt',
  'gte',
  'like',
  'ilike',
  'is',
  'in',
  'between',
  'isdistinct',
] as const

export type Operator = (typeof operators)[number]

/** The operands `is` takes. */
export const isOperands = ['null', 'true', 'false', 'unknown', 'not_null'] as const

export type IsOperand = (typeof isOperands)[number]

import type {
  Comparison,
  Conjunction,
  Disjunction,
  Negation,
  Operator,
  OrderTerm,
  Predicate,
  Projection,
  RequestContext,
} from '@easyrest/protocol'

// Short spellings of the parts of requests, for checks.

export const compare = (column: string, operator: Operator, ...operands: string[]): Comparison => ({
  kind: 'comparison',
  column,
  operator,
  operands,
})

export const not = (item: Predicate): Negation => ({ kind: 'not', item })
export const and = (...items: Predicate[]): Conjunction => ({ kind: 'and', items })
export const or = (...items: Predicate[]): Disjunction => ({ kind: 'or', items })

export const columnAs = (alias: string, column: string, cast = ''): Projection => ({
  kind: 'column',
  alias,
  column,
  cast,
})

export const order = (
  column: string,
  direction: OrderTerm['direction'] = 'asc',
  nulls: OrderTerm['nulls'] = 'unspecified',
): OrderTerm => ({ column, direction, nulls })

/** What the host sends with a request that says nothing of its own. */
export const contextWith = (changes: Partial<RequestContext> = {}): RequestContext => ({
  userId: '',
  timezone: 'UTC',
  txEnd: 'commit',
  readOnly: false,
  ctx: Buffer.from(
    '{"timezone":"UTC","method":"GET","path":"/","query":"","headers":{},"claims":{},"jwt.claims":{},"prefer":{"tx":"commit"}}',
  ),
  ...changes,
})

import { isOperands, nearestName, type Operator, operators, type Predicate } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { type ContextValues, resolveOperand } from './context-values.js'
import { splitList } from './list.js'

/** One comparison from its three texts. @param operand as written in the URL; lists as a comma-separated text */
export const comparison = (column: string, operator: Operator, operand: string, values: ContextValues): Predicate => ({
  kind: 'comparison',
  column,
  operator,
  operands: operandsOf(column, operator, operand, values),
})

/** Throws ApiError unknown_operator. */
export const parseOperator = (text: string): Operator => {
  const word = text.toLowerCase()
  const operator = operators.find((known) => known === word && known !== 'unspecified')
  if (operator !== undefined) return operator
  const nearest = nearestName(word, operators.slice(1))
  throw new ApiError('unknown_operator', {
    detail: `Expected one of ${operators.slice(1).join(', ')}, got ${JSON.stringify(text.slice(0, 80))}`,
    ...(nearest === undefined ? {} : { hint: `Did you mean ${nearest}?` }),
  })
}

export const negate = (predicate: Predicate): Predicate => ({ kind: 'not', item: predicate })

const operandsOf = (column: string, operator: Operator, text: string, values: ContextValues): string[] => {
  if (operator === 'is') return [isOperand(column, text)]
  if (operator === 'in') return resolveAll(splitList(text), values)
  if (operator === 'between') return between(column, splitList(text), values)
  return [resolveOperand(text, values)]
}

const isOperand = (column: string, text: string): string => {
  const word = text.toLowerCase()
  if (isOperands.some((known) => known === word)) return word
  throw new ApiError('bad_parameter', {
    detail: `Expected "is" on ${column} to be followed by one of ${isOperands.join(', ')}, got ${JSON.stringify(text.slice(0, 80))}`,
  })
}

const between = (column: string, elements: string[], values: ContextValues): string[] => {
  if (elements.length === 2) return resolveAll(elements, values)
  throw new ApiError('bad_parameter', {
    detail: `Expected "between" on ${column} to have two ends separated by a comma, got ${elements.length}`,
  })
}

const resolveAll = (elements: readonly string[], values: ContextValues): string[] =>
  elements.map((element) => resolveOperand(element, values))

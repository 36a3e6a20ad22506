import type { Predicate } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { comparison, negate, parseOperator } from './comparison.js'
import type { ContextValues } from './context-values.js'
import { identifier } from './identifier.js'

/**
 * One condition parameter: `where.[not.]<operator>.<column>=value` or `having.[not.]<operator>.<alias>=value`.
 * @param key what stands behind `where.` or `having.`
 */
export const parseCondition = (prefix: string, key: string, value: string, values: ContextValues): Predicate => {
  const parts = key.split('.')
  const negated = parts[0]?.toLowerCase() === 'not'
  if (negated) parts.shift()
  if (parts.length !== 2) throw badKey(prefix, key)
  const operator = parseOperator(parts[0]!)
  const column = identifier(parts[1]!, `a column in ${prefix}`)
  const predicate = comparison(column, operator, value, values)
  return negated ? negate(predicate) : predicate
}

/** All conditions hold; undefined when there are none. */
export const conjunction = (items: readonly Predicate[]): Predicate | undefined =>
  items.length < 2 ? items[0] : { kind: 'and', items }

const badKey = (prefix: string, key: string): ApiError =>
  new ApiError('bad_parameter', {
    detail: `Expected ${prefix}.<operator>.<column> or ${prefix}.not.<operator>.<column>, got ${JSON.stringify(`${prefix}.${key}`.slice(0, 80))}`,
    hint: `For example ${prefix}.eq.id=1`,
  })

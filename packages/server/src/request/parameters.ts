import { nearestName, type Predicate } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { ContextValues } from './context-values.js'
import { parseLogicTree } from './logic-tree.js'
import type { QueryString } from './query-string.js'
import { conjunction, parseCondition } from './where.js'

/** The parameters of a table URL, sorted by what they are; values that stand for themselves are still text. */
export interface Parameters {
  readonly where: Predicate | undefined
  readonly having: Predicate | undefined
  /** The parameters among `allowed`, each at most once. */
  readonly single: ReadonlyMap<string, string>
}

/**
 * Conditions repeat and are joined by and; every other parameter occurs at most once, and one that is not among
 * `allowed` is refused: a mistyped filter must not select every row.
 * @param groups whether `having.` conditions make sense here
 * Throws ApiError unknown_parameter, bad_parameter and what conditions throw.
 */
export const parseParameters = (
  query: QueryString,
  allowed: readonly string[],
  values: ContextValues,
  groups: 'having' | 'no-having' = 'no-having',
): Parameters => {
  const where: Predicate[] = []
  const having: Predicate[] = []
  const single = new Map<string, string>()
  for (const [name, value] of query) {
    if (name.startsWith('where.')) where.push(parseCondition('where', name.slice('where.'.length), value, values))
    else if (name.startsWith('having.') && groups === 'having') {
      having.push(parseCondition('having', name.slice('having.'.length), value, values))
    } else if (isTree(name)) where.push(parseTree(name, value, values))
    else if (!allowed.includes(name)) throw unknownParameter(name, allowed)
    else if (single.has(name)) throw new ApiError('bad_parameter', { detail: `The parameter ${name} occurs twice` })
    else single.set(name, value)
  }
  return { where: conjunction(where), having: conjunction(having), single }
}

const isTree = (name: string): name is keyof typeof trees => Object.hasOwn(trees, name)

const trees = { or: ['or', false], and: ['and', false], 'not.or': ['or', true], 'not.and': ['and', true] } as const

const parseTree = (name: keyof typeof trees, value: string, values: ContextValues): Predicate => {
  const [kind, negated] = trees[name]
  const tree = parseLogicTree(kind, value, values)
  return negated ? { kind: 'not', item: tree } : tree
}

const unknownParameter = (name: string, allowed: readonly string[]): ApiError => {
  const nearest = nearestName(name, [...allowed, ...Object.keys(trees)])
  const shown = JSON.stringify(name.slice(0, 80))
  return new ApiError('unknown_parameter', {
    detail: `The parameter ${shown} means nothing here`,
    hint:
      nearest === undefined
        ? `Conditions are written where.<operator>.<column>=value; other parameters: ${allowed.join(', ')}`
        : `Did you mean ${nearest}?`,
  })
}

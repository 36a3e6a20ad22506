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
 * @param conditions which make sense here: those on rows, on groups too, or none
 * Throws ApiError unknown_parameter, bad_parameter and what conditions throw.
 */
export const parseParameters = (
  query: QueryString,
  allowed: readonly string[],
  values: ContextValues,
  conditions: 'where' | 'having' | 'none' = 'where',
): Parameters => {
  const where: Predicate[] = []
  const having: Predicate[] = []
  const single = new Map<string, string>()
  for (const [name, value] of query) {
    if (conditions !== 'none' && name.startsWith('where.')) {
      where.push(parseCondition('where', name.slice('where.'.length), value, values))
    } else if (conditions === 'having' && name.startsWith('having.')) {
      having.push(parseCondition('having', name.slice('having.'.length), value, values))
    } else if (conditions !== 'none' && isTree(name)) where.push(parseTree(name, value, values))
    else if (!allowed.includes(name)) throw unknownParameter(name, allowed, conditions)
    else if (single.has(name)) throw new ApiError('bad_parameter', { detail: `The parameter ${name} occurs twice` })
    else single.set(name, value)
  }
  return { where: conjunction(where), having: conjunction(having), single }
}

/** Whether a parameter is a condition on rows, rather than something that occurs once. */
export const isCondition = (name: string): boolean => name.startsWith('where.') || isTree(name)

const isTree = (name: string): name is keyof typeof treeKinds => Object.hasOwn(treeKinds, name)

const treeKinds = { or: ['or', false], and: ['and', false], 'not.or': ['or', true], 'not.and': ['and', true] } as const

const parseTree = (name: keyof typeof treeKinds, value: string, values: ContextValues): Predicate => {
  const [kind, negated] = treeKinds[name]
  const tree = parseLogicTree(kind, value, values)
  return negated ? { kind: 'not', item: tree } : tree
}

const unknownParameter = (name: string, allowed: readonly string[], conditions: string): ApiError => {
  const trees = conditions === 'none' ? [] : Object.keys(treeKinds)
  const nearest = nearestName(name, [...allowed, ...trees])
  const others = allowed.join(', ')
  const shown = JSON.stringify(name.slice(0, 80))
  return new ApiError('unknown_parameter', {
    detail: `The parameter ${shown} means nothing here`,
    hint:
      nearest === undefined
        ? conditions === 'none'
          ? `The parameters here: ${others}`
          : `Conditions are written where.<operator>.<column>=value; other parameters: ${others}`
        : `Did you mean ${nearest}?`,
  })
}

import {
  type AggregateFunction,
  aggregateFunctions,
  castTypes,
  isIdentifier,
  nearestName,
  type Projection,
} from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { type ContextValues, isContextReference, requireResolved } from './context-values.js'
import { identifier } from './identifier.js'

/**
 * `select=`: column, alias:column, column.fn(), column.count(distinct), count(), ...::cast, and context values.
 * Throws ApiError bad_identifier, bad_parameter, unknown_context_value.
 */
export const parseSelect = (text: string, values: ContextValues): readonly Projection[] => {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const projections = parseItems(text, values)
  // A context value belongs to its request; everything else means the same whoever asks.
  if (text.length <= longestKept && projections.every(({ kind }) => kind !== 'value')) keep(text, projections)
  return projections
}

// Clients ask for the same columns again and again.
const parsed = new Map<string, readonly Projection[]>()

const keep = (text: string, projections: readonly Projection[]): void => {
  if (parsed.size >= mostKept) parsed.clear()
  parsed.set(text, projections)
}

const longestKept = 1000
const mostKept = 500

const parseItems = (text: string, values: ContextValues): Projection[] => {
  const projections: Projection[] = []
  const aliases = new Set<string>()
  for (const part of text.split(',')) {
    const item = part.trim()
    if (item === '') continue
    const projection = parseItem(item, values)
    if (aliases.has(projection.alias)) throw repeatedAlias(projection.alias)
    aliases.add(projection.alias)
    projections.push(projection)
  }
  return projections
}

/** The columns an aggregate query groups by: plain columns, when there is an aggregate beside them. */
export const groupingOf = (select: readonly Projection[]): string[] =>
  select.some(({ kind }) => kind === 'aggregate')
    ? select.flatMap((projection) => (projection.kind === 'column' ? [projection.column] : []))
    : []

const parseItem = (item: string, values: ContextValues): Projection => {
  const [named, cast] = splitCast(item)
  const colon = named.indexOf(':')
  const alias = colon < 0 ? undefined : identifier(named.slice(0, colon).trim(), 'an alias in select')
  const source = named.slice(colon + 1).trim()
  if (isContextReference(source)) return contextItem(source, alias, cast, values)
  const call = callPattern.exec(source)
  if (call !== null) return aggregateItem(source, call, alias, cast)
  const column = identifier(source, 'a column in select')
  return { kind: 'column', alias: alias ?? column, column, cast }
}

// column.fn(argument) or fn(argument)
const callPattern = /^(?:([^.()]*)\.)?([^.()]*)\(([^()]*)\)$/

const aggregateItem = (
  source: string,
  [, column, name, argument]: RegExpExecArray,
  alias: string | undefined,
  cast: string,
): Projection => {
  const fn = aggregateFunctions.find((known) => known === name && known !== 'unspecified')
  if (fn === undefined) throw unknownFunction(source, name!)
  if (column === undefined && fn !== 'count') throw badCall(source, `${fn}() needs a column: <column>.${fn}()`)
  if (argument !== '' && !(fn === 'count' && argument === 'distinct' && column !== undefined)) {
    throw badCall(source, 'only <column>.count(distinct) takes an argument')
  }
  return {
    kind: 'aggregate',
    alias: alias ?? fn,
    function: fn as AggregateFunction,
    column: column === undefined ? '' : identifier(column, 'a column in select'),
    distinct: argument === 'distinct',
    cast,
  }
}

const contextItem = (source: string, alias: string | undefined, cast: string, values: ContextValues): Projection => ({
  kind: 'value',
  alias:
    alias ?? identifier(source.replaceAll('.', '_'), 'the name made from a context value in select (give an alias)'),
  value: requireResolved(source, values, 'Leave it out of select where the request may not have it'),
  cast,
})

const splitCast = (item: string): [string, string] => {
  const at = item.indexOf('::')
  if (at < 0) return [item, '']
  const type = item
    .slice(at + 2)
    .trim()
    .toLowerCase()
  if (!castTypes.some((known) => known === type)) {
    throw new ApiError('bad_parameter', {
      detail: `Expected a cast in select to name one of ${castTypes.join(', ')}, got ${JSON.stringify(type.slice(0, 80))}`,
    })
  }
  return [item.slice(0, at).trim(), type]
}

const unknownFunction = (source: string, name: string): ApiError => {
  const nearest = isIdentifier(name) ? nearestName(name, aggregateFunctions.slice(1)) : undefined
  return new ApiError('bad_parameter', {
    detail: `Expected one of ${aggregateFunctions.slice(1).join(', ')} in select, got ${JSON.stringify(source.slice(0, 80))}`,
    ...(nearest === undefined ? {} : { hint: `Did you mean ${nearest}?` }),
  })
}

const badCall = (source: string, expected: string): ApiError =>
  new ApiError('bad_parameter', { detail: `In select, ${expected}; got ${JSON.stringify(source.slice(0, 80))}` })

const repeatedAlias = (alias: string): ApiError =>
  new ApiError('bad_parameter', {
    detail: `Two items of select would both be named ${JSON.stringify(alias)}`,
    hint: `Give one of them an alias, e.g. other:${alias}`,
  })

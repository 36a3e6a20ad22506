import type { KvConfig, KvPreset } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import { type EncodedKey, encodeKey } from '../keys/key.js'
import { intersection, type KeyRange, prefixRange, recurseRange } from '../keys/key-range.js'
import { primaryKey, type Space } from '../keys/space.js'
import { readListCursor } from './list-cursor.js'
import type { KvParameters } from './parameters.js'

/** Which documents of a space are listed, and how. */
export interface Listing {
  readonly kind: 'documents' | 'keys' | 'count'
  readonly range: KeyRange
  /** Only keys without a slash, or that begin with one: what Kopano lists on top. */
  readonly topOnly: boolean
  /** Entries at most. */
  readonly limit: number
  readonly isReverse: boolean
  /** The beginning that the keys have in common, and what ends the group of a key behind it; undefined: no groups. */
  readonly folding: { readonly prefix: EncodedKey; readonly separator: EncodedKey } | undefined
  /** What a cursor must have been made for. */
  readonly binding: string
}

/** undefined: one document is asked for. Throws ApiError bad_parameter. */
export const parseListing = (
  space: Space,
  key: EncodedKey,
  parameters: KvParameters,
  { preset, limits }: KvConfig,
): Listing | undefined => {
  const kind = kindOf(parameters)
  if (kind === undefined) return undefined
  const separator = parameters.text('separator')
  const isReverse = parameters.flag('reverse')
  refuseNonsense(kind, parameters, preset)
  const topOnly = kind === 'documents' && key === '' && preset === 'kopano'
  const prefix = key === '' ? prefixRange(primaryKey(space, '')) : recurseRange(space, key)
  const whole = intersection(prefix, between(space, parameters))
  const binding = [kind, whole.from, whole.to, separator ?? '', isReverse].join(' ')
  const cursor = parameters.text('cursor')
  return {
    kind,
    range: cursor === undefined ? whole : from(readListCursor(cursor, space, binding), whole, isReverse),
    topOnly,
    limit: Math.min(limits.maxPage, parameters.natural('limit') ?? limits.maxPage),
    isReverse,
    folding:
      separator === undefined
        ? undefined
        : { prefix: prefix.from.slice(space.length), separator: encodeKey(Buffer.from(separator)) },
    binding,
  }
}

const kindOf = (parameters: KvParameters): Listing['kind'] | undefined => {
  const asked = [
    ...(parameters.flag('recurse') ? ['documents' as const] : []),
    ...(parameters.flag('keys') ? ['keys' as const] : []),
    ...(parameters.flag('count') ? ['count' as const] : []),
  ]
  if (asked.length > 1) throw bad('Expected one of recurse, keys and count, got more')
  const only = ['separator', 'limit', 'cursor', 'reverse', 'start', 'end']
  const without = only.find((name) => parameters.text(name) !== undefined)
  if (asked.length === 0 && without !== undefined)
    throw bad(`The parameter ${without} belongs to recurse, keys or count`)
  return asked[0]
}

const refuseNonsense = (kind: Listing['kind'], parameters: KvParameters, preset: KvPreset): void => {
  const ofPages = kind === 'count' ? ['limit', 'cursor', 'reverse'] : []
  const meaningless = ofPages.find((name) => parameters.text(name) !== undefined)
  if (meaningless !== undefined) throw bad(`The parameter ${meaningless} belongs to recurse or keys`)
  // Kopano overlooks it beside recurse.
  if (parameters.flag('raw') && !(preset === 'kopano' && kind === 'documents')) throw bad('One document can be raw')
  refuseFolding(kind, parameters)
}

const refuseFolding = (kind: Listing['kind'], parameters: KvParameters): void => {
  const separator = parameters.text('separator')
  if (separator === undefined) return
  if (kind !== 'keys') throw bad('The parameter separator belongs to keys=1')
  if (parameters.flag('reverse')) throw bad('Keys that are folded at a separator have one order; leave reverse out')
  if (separator === '') throw bad('Expected a separator that is not empty, such as /')
}

/** Keys from `start` up to, and without, `end`. */
const between = (space: Space, parameters: KvParameters): KeyRange => {
  const at = (name: string, otherwise: string): string => {
    const text = parameters.text(name)
    return text === undefined ? otherwise : primaryKey(space, encodeKey(Buffer.from(text)))
  }
  const all = prefixRange(primaryKey(space, ''))
  return { from: at('start', all.from), to: at('end', all.to) }
}

const from = (position: string, whole: KeyRange, isReverse: boolean): KeyRange =>
  isReverse ? { from: whole.from, to: position } : { from: position, to: whole.to }

const bad = (detail: string): ApiError => new ApiError('bad_parameter', { detail })

import type { KvPreset } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import { isJson } from '../documents/is-json.js'
import { elementsOf, firstValue, fromFirstToken, membersOf } from '../documents/json-pieces.js'
import { KvRefusal } from './kv-refusal.js'

/** Members of an object by lower-case name, each as it was written. */
export type Entry = ReadonlyMap<string, string>

/**
 * A body that is an array of objects. As Kopano has it: `null` is an empty one, what follows the first value is
 * overlooked, the case of names does not count, of two equal names the later counts. Throws KvRefusal.
 */
export const parseEntries = (body: Buffer, preset: KvPreset): Entry[] => {
  const text = body.toString('latin1')
  const array = preset === 'kopano' ? firstValue(text) : fromFirstToken(text)
  if (array === undefined || !isJson(array)) throw refused('Expected a JSON array of documents, got something else')
  if (array === 'null' && preset === 'kopano') return []
  if (!array.startsWith('[')) throw refused('Expected a JSON array of documents, got another JSON value')
  return entriesOf(array, 'entry', preset === 'kopano' ? undefined : known)
}

/**
 * The objects of an array that is JSON. Throws ApiError bad_body, duplicate_member, KvRefusal.
 * @param called what errors call one of them
 * @param known names that members may have; undefined: any, in any case
 */
export const entriesOf = (
  array: string,
  called: 'entry' | 'operation',
  known: readonly string[] | undefined,
): Entry[] => {
  if (!array.startsWith('[')) throw new ApiError('bad_body', { detail: 'Expected an array, got another JSON value' })
  return elementsOf(array).map((element, index) => {
    const place = `${called} ${index}`
    if (!element.startsWith('{')) throw notAnObject(element, place)
    const members = membersOf(element)
    if (known === undefined) return new Map(members.map(([name, value]) => [name.toLowerCase(), value]))
    refuseUnknown(members, place, known)
    refuseRepeated(members, place)
    return new Map(members)
  })
}

const refused = (detail: string): KvRefusal => new KvRefusal(400, new ApiError('bad_body', { detail }))

const notAnObject = (element: string, place: string): KvRefusal | ApiError => {
  const error = new ApiError('bad_body', { detail: `Expected a JSON object as ${place}` })
  // Kopano breaks off where an entry is null.
  return element === 'null' ? error : new KvRefusal(400, error)
}

const refuseUnknown = (members: readonly [string, string][], place: string, known: readonly string[]): void => {
  const unknown = members.find(([name]) => !known.includes(name))
  if (unknown === undefined) return
  throw new ApiError('bad_body', {
    detail: `The member ${JSON.stringify(unknown[0].slice(0, 80))} means nothing in ${place}`,
    hint: `It may hold ${known.join(', ')}`,
  })
}

const refuseRepeated = (members: readonly [string, string][], place: string): void => {
  const names = members.map(([name]) => name)
  const repeated = names.find((name, index) => names.indexOf(name) < index)
  if (repeated === undefined) return
  throw new ApiError('duplicate_member', { detail: `Expected each member once in ${place}, got ${repeated} twice` })
}

// A revision is what a listing shows; writing gives a new one.
const known: readonly string[] = ['key', 'value', 'content_type', 'metadata', 'ttl', 'expires', 'revision']

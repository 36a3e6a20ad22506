import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../errors.js'

/** If-Match and If-None-Match of a request (RFC 9110 section 13.1); undefined: the header was not sent. */
export interface Conditions {
  readonly ifMatch: TagList | undefined
  readonly ifNoneMatch: TagList | undefined
}

/** `*` is any representation. */
export type TagList = '*' | readonly EntityTag[]

export interface EntityTag {
  /** What stands between the quotes. */
  readonly opaque: string
  readonly weak: boolean
}

/** Throws ApiError bad_header: a condition that was not understood must not be taken for none. */
export const parseConditions = (headers: IncomingHttpHeaders): Conditions => ({
  ifMatch: parseTags('If-Match', headers['if-match']),
  ifNoneMatch: parseTags('If-None-Match', headers['if-none-match']),
})

export const isConditional = (headers: IncomingHttpHeaders): boolean =>
  headers['if-match'] !== undefined || headers['if-none-match'] !== undefined

/**
 * What the conditions make of a read that would be answered with 200 (RFC 9110 section 13.2.2).
 * @param tag of the answer; undefined: it has none, so nothing but `*` can name it
 */
export const outcomeOf = (
  { ifMatch, ifNoneMatch }: Conditions,
  tag: string | undefined,
): 'send' | 'not-modified' | 'failed' => {
  if (ifMatch !== undefined && !isNamed(ifMatch, tag, 'strong')) return 'failed'
  if (ifNoneMatch !== undefined && isNamed(ifNoneMatch, tag, 'weak')) return 'not-modified'
  return 'send'
}

const isNamed = (list: TagList, tag: string | undefined, comparison: 'strong' | 'weak'): boolean =>
  list === '*' || list.some(({ opaque, weak }) => opaque === tag && !(weak && comparison === 'strong'))

const parseTags = (name: string, header: string | undefined): TagList | undefined => {
  if (header === undefined) return undefined
  const text = header.trim()
  if (text === '*') return '*'
  const tags: EntityTag[] = []
  tagPattern.lastIndex = 0
  while (tagPattern.lastIndex < text.length) {
    const match = tagPattern.exec(text)
    if (match === null) throw malformed(name, text)
    if (match[2] !== undefined) tags.push({ opaque: match[2], weak: match[1] !== undefined })
  }
  if (tags.length === 0) throw malformed(name, text)
  return tags
}

// One member of a list with the comma behind it, or an empty member. A tag may hold commas, but no quotes.
const tagPattern = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,|$)|,)/y

const malformed = (name: string, text: string): ApiError =>
  new ApiError('bad_header', {
    detail: `Expected ${name} to be * or a list of entity tags such as "abc", got ${JSON.stringify(text.slice(0, 80))}`,
    hint: 'Send the ETag of an earlier answer as it came, with its quotes',
  })

import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../errors.js'
import { rowsHashOf } from '../response/entity-tag.js'
import { parseConditions, type TagList } from './conditions.js'

/**
 * If-Match of a PATCH or DELETE in the form of the contract's `if_match`: '*', or what the tags say of the rows; empty
 * without the header. Throws ApiError precondition when no tag can match, bad_header, unsupported.
 */
export const parseIfMatch = (headers: IncomingHttpHeaders): readonly string[] => {
  const { ifMatch, ifNoneMatch } = parseConditions(headers)
  if (ifNoneMatch !== undefined)
    throw unsupported('If-None-Match', 'Use If-Match with the ETag that a GET has answered')
  if (ifMatch === undefined) {
    refuse(headers, 'if-unmodified-since', 'Use If-Match with the ETag that a GET has answered')
    return []
  }
  const hashes = hashesOf(ifMatch)
  // To the plugin an empty list is no condition at all.
  if (hashes.length === 0) throw noneMatches()
  return hashes
}

/** For requests that cannot be conditional. Throws ApiError unsupported. */
export const refuseConditions = (headers: IncomingHttpHeaders): void => {
  for (const name of ['if-match', 'if-none-match', 'if-unmodified-since']) {
    refuse(headers, name, 'Leave the header out; PATCH and DELETE on a table take If-Match')
  }
}

const hashesOf = (ifMatch: TagList): string[] =>
  ifMatch === '*' ? ['*'] : ifMatch.flatMap(({ opaque, weak }) => (weak ? [] : (rowsHashOf(opaque) ?? [])))

// Writing without the check that was asked for would lose somebody's update.
const refuse = (headers: IncomingHttpHeaders, name: string, hint: string): void => {
  if (headers[name] !== undefined) throw unsupported(name, hint)
}

const unsupported = (header: string, hint: string): ApiError =>
  new ApiError('unsupported', { detail: `This request cannot depend on the header ${header}`, hint })

const noneMatches = (): ApiError =>
  new ApiError('precondition', {
    detail: 'No entity tag in If-Match is one that rows can have',
    hint: 'Send the ETag that a GET of these rows has answered, as it came; weak tags (W/) never match',
  })

import { ApiError } from '../errors.js'

/** The parameters of a URL in the order they were written; names may repeat. */
export type QueryString = readonly (readonly [name: string, value: string])[]

/**
 * Decodes a raw query strictly: what a lenient parser would drop (a bad escape, parameter 1001) would widen a filter.
 * Throws ApiError bad_escape, bad_parameter.
 */
export const parseQueryString = (raw: string): QueryString => {
  if (raw === '') return []
  const parts = raw.split('&')
  if (parts.length > maxParameters) {
    throw new ApiError('bad_parameter', { detail: `Expected at most ${maxParameters} parameters, got ${parts.length}` })
  }
  const parameters: [string, string][] = []
  for (const part of parts) {
    if (part === '') continue
    const equals = part.indexOf('=')
    if (equals < 0) parameters.push([decode(part), ''])
    else parameters.push([decode(part.slice(0, equals)), decode(part.slice(equals + 1))])
  }
  return parameters
}

/** One percent-encoded piece of a URL. Throws ApiError bad_escape. */
export const decodePercent = (text: string): string => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ApiError('bad_escape', {
      detail: `Expected percent escapes of UTF-8 text, got ${JSON.stringify(text.slice(0, 80))}`,
      hint: 'Write a percent sign as %25',
    })
  }
}

const maxParameters = 200

const decode = (text: string): string => decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text)

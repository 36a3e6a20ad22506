import { isUtf8 } from 'node:buffer'
import { ApiError } from '../errors.js'
import { parseQueryString } from './query-string.js'

/** The one row of a form: `name=value&...`. Throws ApiError bad_escape, bad_body, duplicate_member. */
export const readForm = (body: Buffer): Map<string, string> => {
  if (!isUtf8(body)) throw new ApiError('bad_body', { detail: 'Expected a form in UTF-8' })
  const text = body.toString('utf8').trim()
  if (/^[[{]/.test(text)) throw looksLikeJson()
  const row = new Map<string, string>()
  for (const [name, value] of parseQueryString(text)) {
    if (row.has(name)) {
      throw new ApiError('duplicate_member', { detail: `The name ${JSON.stringify(name)} occurs twice in the form` })
    }
    row.set(name, value)
  }
  return row
}

// No column has such a name, and curl calls every body a form unless told otherwise.
const looksLikeJson = (): ApiError =>
  new ApiError('bad_body', {
    detail: 'Expected a form (name=value&...), as Content-Type says, got what looks like JSON',
    hint: 'Send JSON with Content-Type: application/json',
  })

import { ApiError } from '../errors.js'
import { parseQueryString } from './query-string.js'

/** The one row of a form: `name=value&...`. Throws ApiError bad_escape, bad_body, duplicate_member. */
export const readForm = (body: Buffer): Map<string, string> => {
  const row = new Map<string, string>()
  for (const [name, value] of parseQueryString(body.toString('utf8').trim())) {
    if (row.has(name)) {
      throw new ApiError('duplicate_member', { detail: `The name ${JSON.stringify(name)} occurs twice in the form` })
    }
    row.set(name, value)
  }
  return row
}

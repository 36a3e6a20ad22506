import { isIdentifier } from '@easyrest/protocol'
import { ApiError } from '../errors.js'

/** Throws ApiError bad_identifier. @param what names the place, e.g. "a column in ordering" */
export const identifier = (name: string, what: string): string => {
  if (isIdentifier(name)) return name
  throw new ApiError('bad_identifier', {
    detail: `Expected ${what} to be a name of letters, digits and _ (at most 63), got ${JSON.stringify(name.slice(0, 80))}`,
  })
}

import { ApiError } from '../errors.js'
import type { Format } from './format.js'

/** Throws ApiError singular when the format is that of one row and there is another number of rows. */
export const requireSingle = (format: Format, rowCount: number): void => {
  if (format !== 'object' || rowCount === 1) return
  throw new ApiError('singular', { detail: `Expected exactly one row, found ${rowCount}` })
}

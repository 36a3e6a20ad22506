import { type JsonRow, JsonScanError, parseJsonRow } from '@easyrest/protocol'
import { ApiError } from '../errors.js'

/** One row of a plugin's answer, decoded. Throws ApiError plugin_error when it is none. */
export const parseRow = (row: Uint8Array): JsonRow => {
  try {
    return parseJsonRow(row)
  } catch (error) {
    if (error instanceof JsonScanError) throw new ApiError('plugin_error', { cause: error })
    throw error
  }
}

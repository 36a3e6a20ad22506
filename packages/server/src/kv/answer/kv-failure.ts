import { PluginError } from '@easyrest/protocol'
import { ApiError } from '../../errors.js'

/** A failure in the words of documents: of the table behind them nobody needs to know. */
export const kvFailure = (error: unknown): unknown => {
  if (!(error instanceof PluginError) || !ofTheTable.has(error.reason)) return error
  return new ApiError('unavailable', {
    detail: 'The table of the documents cannot be used; the log of the server says why',
    headers: { 'Retry-After': '10' },
    cause: error,
  })
}

const ofTheTable: ReadonlySet<string> = new Set(['unknown_table', 'unknown_column', 'permission', 'unique', 'not_null'])

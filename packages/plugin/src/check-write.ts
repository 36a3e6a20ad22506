import {
  PluginError,
  type TableCreateRequest,
  type TableDeleteRequest,
  type TableUpdateRequest,
} from '@easyrest/protocol'

/**
 * What a request allows its write to be, decided before COMMIT: read_only, max_affected, expect_single. Throws
 * PluginError `permission`, `max_affected` or `singular`; the transaction must then be rolled back.
 */
export const checkWrite = (request: WriteRequest, affected: number): void => {
  const { context, maxAffected = Infinity, expectSingle } = request
  if (context?.readOnly) throw new PluginError('permission', 'the request may only read')
  if (affected > maxAffected) {
    throw new PluginError('max_affected', `expected at most ${maxAffected} rows to be affected, found ${affected}`)
  }
  if (expectSingle && affected !== 1) throw new PluginError('singular', `expected exactly one row, found ${affected}`)
}

export type WriteRequest = TableCreateRequest | TableUpdateRequest | TableDeleteRequest

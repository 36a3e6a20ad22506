import { ApiError } from '../errors.js'
import type { FunctionCall } from '../request/function-call.js'
import type { ServedConnection } from '../snapshot/served-connection.js'

/**
 * The call as the plugin can do it. One without function_filters would answer every row, and commit before anybody sees
 * that the result is not what was wished; after a call that only reads the result can still be refused.
 * Throws ApiError unsupported.
 */
export const feasibleCall = async (
  { connection, config }: ServedConnection,
  call: FunctionCall,
  isRead: boolean,
): Promise<FunctionCall> => {
  if (connection.info === undefined) await connection.waitReady(config.limits.waitMs)
  if (connection.can('function_filters')) return call
  const { request, filtered } = call
  const { expectSet, expectSingle, maxAffected } = request
  if (filtered || (!isRead && (expectSet || expectSingle || maxAffected !== undefined))) throw noFilters()
  // The limits of the connection are not the client's wish, and nothing could apply them.
  return { ...call, request: { ...request, page: undefined, count: 'unspecified', expectSingle: false } }
}

const noFilters = (): ApiError =>
  new ApiError('unsupported', {
    detail:
      'The plugin of this connection cannot filter what functions answer: it lacks the capability function_filters',
    hint: 'Leave out select, conditions, ordering, limit, offset and max-affected, and take JSON',
    members: { capability: 'function_filters' },
  })

import type { Method } from '@easyrest/protocol'

/** Whether a call changes nothing, so that it may be repeated when its outcome is unknown. */
export const isRead = (method: Method, request: unknown): boolean =>
  reads.has(method) || (method === 'CallFunction' && isReadOnly(request))

const reads: ReadonlySet<Method> = new Set<Method>(['TableGet', 'GetSchema', 'Query', 'CacheGet'])

// A function may write, unless the plugin was told to run it in a transaction that cannot.
const isReadOnly = (request: unknown): boolean =>
  (request as { context?: { readOnly?: boolean } }).context?.readOnly === true

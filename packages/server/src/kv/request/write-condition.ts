import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../../errors.js'
import { parseConditions } from '../../request/conditions.js'
import { isRevision } from '../store/revisions.js'
import { unconditional, type WriteCondition } from '../store/write-condition.js'

/**
 * If-Match, If-None-Match: * and Consul's cas (a revision; 0: there must be no document). Throws ApiError bad_header,
 * bad_parameter, precondition when it cannot hold.
 */
export const parseWriteCondition = (headers: IncomingHttpHeaders, cas: string | undefined): WriteCondition => {
  const { ifMatch, ifNoneMatch } = parseConditions(headers)
  if ([cas, ifMatch, ifNoneMatch].filter((given) => given !== undefined).length > 1) throw contradiction()
  if (headers['if-unmodified-since'] !== undefined) throw bySeconds()
  if (cas !== undefined) return casCondition(cas)
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch === '*') return { kind: 'absent' }
    throw new ApiError('bad_header', { detail: 'Expected If-None-Match: * on a write, got entity tags' })
  }
  if (ifMatch === undefined) return unconditional
  if (ifMatch === '*') return { kind: 'present' }
  const revisions = ifMatch.filter(({ opaque, weak }) => !weak && isRevision(opaque)).map(({ opaque }) => opaque)
  if (revisions.length === 0) throw preconditionFailed()
  return { kind: 'revision', revisions }
}

/** The answer to a request whose condition does not hold. */
export const preconditionFailed = (so = 'nothing was written'): ApiError =>
  new ApiError('precondition', {
    detail: `The document is not what the condition of the request says, so ${so}`,
    hint: 'Read it again; its ETag is its revision',
  })

const casCondition = (cas: string): WriteCondition => {
  if (cas === '0') return { kind: 'absent' }
  if (isRevision(cas)) return { kind: 'revision', revisions: [cas] }
  throw new ApiError('bad_parameter', {
    detail: 'Expected cas to be 0, or a revision as an ETag holds it between its quotes',
  })
}

const contradiction = (): ApiError =>
  new ApiError('bad_parameter', { detail: 'Expected one of cas, If-Match and If-None-Match, got more' })

const bySeconds = (): ApiError =>
  new ApiError('bad_header', {
    detail: 'A write cannot depend on If-Unmodified-Since: a document may change twice in a second',
    hint: 'Use If-Match with the ETag of the document',
  })

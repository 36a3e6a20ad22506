import type { ErrorRequestHandler, RequestHandler } from 'express'
import { ApiError } from '../errors.js'
import type { Observe } from '../observe/observation.js'
import { toApiError } from '../response/error-response.js'
import { headerFault } from './header-fault.js'
import { sendError } from './send-error.js'

// What the apps answer where no route of theirs does.

/** 405 for the methods a path does not have. @param allow the header Allow */
export const onlyWith =
  (allow: string): RequestHandler =>
  (_request, response) =>
    void sendError(response, new ApiError('method_not_allowed', { headers: { Allow: allow } }))

/** 400 for what no request may look like. */
export const soundHeaders: RequestHandler = (request, response, next) => {
  const error = headerFault(request)
  if (error === undefined) next()
  else sendError(response, error)
}

export const notFound: RequestHandler = (_request, response) => void sendError(response, new ApiError('not_found'))

/** Express tells an error handler by its four parameters; its own would show message and stack to the client. */
export const failureHandler =
  (observe: Observe): ErrorRequestHandler =>
  (thrown, request, response, _next) => {
    const error = toApiError(thrown, false)
    const requestId = sendError(response, error)
    observe({ kind: 'request-failed', requestId, method: request.method, path: request.path, error })
  }

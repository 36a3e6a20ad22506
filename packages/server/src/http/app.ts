import express, { type Express, type Response } from 'express'
import { ApiError } from '../errors.js'
import type { Observe } from '../observe/observation.js'
import { errorResponse, toApiError } from '../response/error-response.js'
import { nextRequestId } from './request-id.js'
import { sendResponse } from './send-response.js'

/** Everything that is not data: health, and one answer for paths and failures that nobody else handles. */
export const createApp = (observe: Observe): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.get('/health', (_request, response) => {
    response.type('text/plain').send('OK')
  })
  app.all('/health', (_request, response) => {
    sendError(response, new ApiError('method_not_allowed', { headers: { Allow: 'GET, HEAD' } }))
  })
  app.use((_request, response) => {
    sendError(response, new ApiError('not_found'))
  })
  // Express tells an error handler by its four parameters; its own would show message and stack to the client.
  app.use(((thrown, request, response, _next) => {
    const error = toApiError(thrown, false)
    const requestId = sendError(response, error)
    observe({ kind: 'request-failed', requestId, method: request.method, path: request.path, error })
  }) satisfies express.ErrorRequestHandler)
  return app
}

const sendError = (response: Response, error: ApiError): string => {
  const requestId = nextRequestId()
  sendResponse(response, errorResponse(error, requestId), { 'X-Request-Id': requestId })
  return requestId
}

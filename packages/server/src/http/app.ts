import express, { type Express } from 'express'
import { ApiError } from '../errors.js'
import type { Observe } from '../observe/observation.js'
import { toApiError } from '../response/error-response.js'
import { sendError } from './send-error.js'

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

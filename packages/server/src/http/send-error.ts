import type { ServerResponse } from 'node:http'
import type { ApiError } from '../errors.js'
import { errorResponse } from '../response/error-response.js'
import { nextRequestId } from './request-id.js'
import { sendResponse } from './send-response.js'

/** Answers an error outside the data API. Returns the request id it was given. */
export const sendError = (response: ServerResponse, error: ApiError): string => {
  const requestId = nextRequestId()
  sendResponse(response, errorResponse(error, requestId), { 'X-Request-Id': requestId })
  return requestId
}

import { ApiError } from '../errors.js'

/**
 * The one 401: the same body whatever was wrong, so that nobody can probe which part of a token is accepted.
 * `challenge` is the WWW-Authenticate header (RFC 6750 section 3), `cause` goes to the log.
 */
export function unauthorized(challenge: string, cause?: unknown): ApiError {
  return new ApiError('unauthorized', {
    detail: 'The request needs a valid access token',
    hint: 'Send a token that is signed for this server and has not expired in the Authorization header',
    headers: { 'WWW-Authenticate': challenge },
    cause,
  })
}

import { ApiError } from '../errors.js'

/** Throws ApiError unsupported_media_type unless the body is JSON; no Content-Type means JSON, as in the original. */
export const requireJsonBody = (contentType: string | undefined): void => {
  if (contentType === undefined) return
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw new ApiError('unsupported_media_type', {
      detail: `Expected a body in UTF-8, got charset ${charset.slice(0, 40)}`,
    })
  }
  if (type === '' || type === 'application/json') return
  throw new ApiError('unsupported_media_type', {
    detail: `Expected Content-Type application/json, got ${JSON.stringify(type.slice(0, 80))}`,
  })
}

import { ApiError } from '../errors.js'

/** The type that a Content-Type names, in lower case; '' without one. Throws ApiError unsupported_media_type unless UTF-8. */
export const mediaType = (contentType: string | undefined): string => {
  if (contentType === undefined) return ''
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  if (charset === undefined || /^"?utf-?8"?$/.test(charset)) return type
  throw new ApiError('unsupported_media_type', {
    detail: `Expected a body in UTF-8, got charset ${charset.slice(0, 40)}`,
  })
}

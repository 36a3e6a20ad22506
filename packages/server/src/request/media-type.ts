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

/** Throws ApiError not_acceptable unless the client takes JSON. @param format the parameter format= */
export const requireJsonAnswer = (accept: string | undefined, format: string | undefined): void => {
  if (format !== undefined) {
    if (format.toLowerCase() === 'json' || format.toLowerCase() === 'application/json') return
    throw notAcceptable(`format=${format.slice(0, 80)}`)
  }
  if (accept !== undefined && !acceptsJson(accept)) throw notAcceptable(`Accept: ${accept.slice(0, 80)}`)
}

// RFC 9110 section 12.5.1: the most specific range that matches decides, and q=0 refuses.
const acceptsJson = (accept: string): boolean => {
  if (accept === '*/*' || accept === 'application/json' || accept.trim() === '') return true
  let best = -1
  let quality = 0
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const specificity = jsonRanges.indexOf(type)
    if (specificity <= best) continue
    best = specificity
    quality = qualityOf(parameters)
  }
  return quality > 0
}

const jsonRanges = ['*/*', 'application/*', 'application/json']

const qualityOf = (parameters: readonly string[]): number => {
  const q = parameters.find((parameter) => parameter.startsWith('q='))
  return q === undefined ? 1 : Number(q.slice(2)) || 0
}

const notAcceptable = (asked: string): ApiError =>
  new ApiError('not_acceptable', { detail: `Expected application/json to be acceptable, got ${asked}` })

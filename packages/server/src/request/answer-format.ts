import { ApiError } from '../errors.js'
import { everyFormat, type Format, formats } from '../response/format.js'
import { mediaType } from './media-type.js'

/**
 * The format of an answer among those that can be produced: the one `format=` names, otherwise the one the Accept header
 * likes best (RFC 9110 section 12.5.1). Throws ApiError not_acceptable.
 */
export const chooseFormat = (
  accept: string | undefined,
  parameter: string | undefined,
  producible: readonly Format[] = everyFormat,
): Format => {
  if (parameter !== undefined) return namedFormat(parameter, producible)
  if (accept === undefined || takesAnything(accept)) return producible[0]!
  const key = `${producible.length} ${accept}`
  const known = accepted.get(key)
  if (known !== undefined) return known
  const format = acceptedFormat(accept, producible)
  if (accept.length <= longestKept) keep(key, format)
  return format
}

// A client sends the same Accept with every request. The key is complete: no two lists of formats are equally long.
const accepted = new Map<string, Format>()

const keep = (key: string, format: Format): void => {
  if (accepted.size >= mostKept) accepted.clear()
  accepted.set(key, format)
}

const longestKept = 300
const mostKept = 500

/** Without a wish the rows of an answer come as those of the request did, as in the original. Throws like chooseFormat. */
export const chooseRowsFormat = (
  accept: string | undefined,
  parameter: string | undefined,
  contentType: string | undefined,
): Format => {
  const sent = parameter === undefined && takesAnything(accept) ? mediaType(contentType) : ''
  return everyFormat.find((format) => mediaTypes(format).includes(sent)) ?? chooseFormat(accept, parameter)
}

const takesAnything = (accept: string | undefined): boolean =>
  accept === undefined || accept === '*/*' || accept.trim() === ''

/**
 * Whether the client wants one row and nothing else, also where no row is answered. Throws ApiError not_acceptable when
 * format= names nothing.
 */
export const wantsOneRow = (accept: string | undefined, parameter: string | undefined): boolean => {
  if (parameter !== undefined) return namedFormat(parameter, everyFormat) === 'object'
  return accept !== undefined && bestFormat(accept, everyFormat) === 'object'
}

/** Throws ApiError not_acceptable unless the client takes JSON. @param parameter that of format= */
export const requireJsonAnswer = (accept: string | undefined, parameter: string | undefined): void => {
  chooseFormat(accept, parameter, ['json'])
}

/** As requireJsonAnswer, without throwing. */
export const takesJson = (accept: string | undefined, parameter: string | undefined): boolean => {
  try {
    requireJsonAnswer(accept, parameter)
    return true
  } catch {
    return false
  }
}

const namedFormat = (parameter: string, producible: readonly Format[]): Format => {
  const name = parameter.trim().toLowerCase()
  const found = producible.find((format) => format === name || mediaTypes(format).includes(name))
  if (found === undefined) throw notAcceptable(`format=${parameter.slice(0, 80)}`, producible)
  return found
}

const acceptedFormat = (accept: string, producible: readonly Format[]): Format => {
  const chosen = bestFormat(accept, producible)
  if (chosen === undefined) throw notAcceptable(`Accept: ${accept.slice(0, 80)}`, producible)
  return chosen
}

const bestFormat = (accept: string, producible: readonly Format[]): Format | undefined => {
  const ranges = accept.split(',').map(parseRange)
  let best: Match | undefined
  let chosen: Format | undefined
  for (const format of producible) {
    for (const type of mediaTypes(format)) {
      const match = matchOf(type, ranges)
      if (match === undefined || match.quality === 0 || (best !== undefined && !isBetter(match, best))) continue
      best = match
      chosen = format
    }
  }
  return chosen
}

interface MediaRange {
  readonly type: string
  readonly quality: number
}

/** The range that speaks for a media type: the most specific one, and its place in the header. */
interface Match {
  readonly quality: number
  readonly specificity: number
  readonly position: number
}

// A charset that is not ours matches nothing; other parameters are for types that have variants, which ours have not.
const parseRange = (text: string): MediaRange => {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const charset = parameterOf(parameters, 'charset')?.replaceAll('"', '')
  const isOurs = charset === undefined || charset === 'utf-8' || charset === 'utf8'
  return { type: isOurs ? type : '', quality: qualityOf(parameters) }
}

const qualityOf = (parameters: readonly string[]): number => {
  const q = parameterOf(parameters, 'q')
  return q === undefined ? 1 : Math.min(Math.max(Number(q) || 0, 0), 1)
}

const parameterOf = (parameters: readonly string[], name: string): string | undefined =>
  parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1)

const matchOf = (type: string, ranges: readonly MediaRange[]): Match | undefined => {
  // A lone `*` is what old Java clients send.
  const names = [['*/*', '*'], [`${type.split('/', 1)[0]}/*`], [type]]
  for (let specificity = names.length - 1; specificity >= 0; specificity--) {
    const position = ranges.findIndex((range) => names[specificity]!.includes(range.type))
    if (position >= 0) return { quality: ranges[position]!.quality, specificity, position }
  }
  return undefined
}

// What is liked equally well: a type that was named goes before one that a range covers, then the header's order.
const isBetter = (match: Match, other: Match): boolean => {
  if (match.quality !== other.quality) return match.quality > other.quality
  if (match.specificity !== other.specificity) return match.specificity > other.specificity
  return match.position < other.position
}

const mediaTypes = (format: Format): readonly string[] => formats[format].mediaTypes

const notAcceptable = (asked: string, producible: readonly Format[]): ApiError =>
  new ApiError('not_acceptable', {
    detail: `Expected one of ${producible.flatMap(mediaTypes).join(', ')} to be acceptable, got ${asked}`,
    hint: `format=${producible.join(' or format=')} in the URL goes before the Accept header`,
  })

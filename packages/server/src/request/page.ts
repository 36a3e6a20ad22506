import type { Page } from '@easyrest/protocol'
import { ApiError } from '../errors.js'

export interface PageSettings {
  /** 0: no limit unless asked for. */
  readonly defaultLimit: number
  /** 0: none. */
  readonly maxLimit: number
}

export interface PageTexts {
  readonly limit: string | undefined
  readonly offset: string | undefined
  readonly rangeUnit: string | undefined
  readonly range: string | undefined
}

/**
 * limit and offset, intersected with `Range: a-b` when `Range-Unit: items` is sent. A malformed Range is ignored, as
 * HTTP has it. Throws ApiError bad_parameter, range_not_satisfiable.
 */
export const parsePage = (texts: PageTexts, settings: PageSettings): Page => {
  const offset = natural('offset', texts.offset) ?? 0
  const limit = natural('limit', texts.limit)
  const range = parseRange(texts.rangeUnit, texts.range)
  const page = range === undefined ? { limit, offset } : intersect({ limit, offset }, range)
  return { offset: page.offset, limit: capped(page.limit, settings) }
}

/** Whether the headers name a range that counts. */
export const hasRange = ({ rangeUnit, range }: PageTexts): boolean => parseRange(rangeUnit, range) !== undefined

const natural = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new ApiError('bad_parameter', {
    detail: `Expected ${name} to be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${JSON.stringify(text.slice(0, 80))}`,
  })
}

const parseRange = (unit: string | undefined, text: string | undefined): Page | undefined => {
  if (text === undefined || unit?.trim().toLowerCase() !== 'items') return undefined
  const match = /^\s*(\d+)-(\d*)\s*$/.exec(text)
  if (match === null) return undefined
  const first = rowNumber(match[1]!)
  if (match[2] === '') return { offset: first, limit: undefined }
  const last = rowNumber(match[2]!)
  if (last < first) {
    throw new ApiError('range_not_satisfiable', {
      detail: `Expected a Range that ends at or behind its start, got ${text.trim()}`,
    })
  }
  return { offset: first, limit: last - first + 1 }
}

// No table has that many rows: a larger number means the same.
const rowNumber = (digits: string): number => Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1)

// Both count from the start of the whole result.
const intersect = (page: Page, range: Page): Page => {
  const offset = Math.max(page.offset, range.offset)
  const end = Math.min(endOf(page), endOf(range))
  return { offset, limit: end === Number.POSITIVE_INFINITY ? undefined : Math.max(0, end - offset) }
}

const endOf = ({ limit, offset }: Page): number => (limit === undefined ? Number.POSITIVE_INFINITY : offset + limit)

const capped = (limit: number | undefined, { defaultLimit, maxLimit }: PageSettings): number | undefined => {
  const asked = limit ?? (defaultLimit > 0 ? defaultLimit : undefined)
  if (maxLimit === 0) return asked
  return asked === undefined ? maxLimit : Math.min(asked, maxLimit)
}

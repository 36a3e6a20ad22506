import { readDuration } from '@easyrest/protocol'
import { BadValue } from './bad-value.js'

/** setTimeout turns anything longer into 1 ms. */
const longestMs = 2 ** 31 - 1

/**
 * `30s`, `500ms`, `1m30s` (Go's notation) in milliseconds. A bare number needs `bare: 'seconds'`, which only keys have
 * that counted seconds in the original; elsewhere a bare number would leave the unit to a guess. 0 needs no unit.
 */
export function parseDuration(value: unknown, options: { readonly bare?: 'seconds' } = {}): number {
  const text = typeof value === 'number' ? String(value) : value
  const ms = typeof text === 'string' ? read(text.trim(), options.bare === 'seconds') : undefined
  if (ms === undefined) throw new BadValue(expected(options.bare === 'seconds'))
  if (ms > longestMs) throw new BadValue('expected a duration of at most 596h')
  return ms
}

function read(text: string, seconds: boolean): number | undefined {
  return seconds && /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : readDuration(text)
}

function expected(seconds: boolean): string {
  return seconds ? 'expected seconds or a duration such as 30s or 1m30s' : 'expected a duration such as 30s or 500ms'
}

import type { ValueKind } from '../catalog/value-kind.js'

/**
 * Whether the text is a date or time that the kind holds as it is. PostgreSQL alone would take `tomorrow`, round digits
 * beyond the modifier, and drop a time from a date or an offset from a timestamp without zone.
 */
export const isExactTime = (kind: ValueKind, text: string, modifier: number): boolean => {
  const match = patterns.get(kind)?.exec(text)
  if (match === null || match === undefined) return false
  const fraction = (match[1] ?? '').replace(/(?<!0)0+$/, '')
  return fraction.length <= (modifier < 0 ? mostDigits : modifier)
}

const mostDigits = 6

const day = '\\d{4,6}-\\d\\d-\\d\\d'
const clock = '\\d\\d:\\d\\d(?::[0-5]\\d(?:\\.(\\d+))?)?'
const zone = ' ?(?:[Zz]|[+-]\\d\\d(?::?\\d\\d(?::?\\d\\d)?)?)'
const era = '(?: BC)?'

const patterns: ReadonlyMap<ValueKind, RegExp> = new Map([
  ['date', new RegExp(`^(?:${day}${era}|-?infinity)$`)],
  ['time', new RegExp(`^${clock}$`)],
  ['timetz', new RegExp(`^${clock}(?:${zone})?$`)],
  ['timestamp', new RegExp(`^(?:${day}(?:[ Tt]${clock})?${era}|-?infinity)$`)],
  ['timestamptz', new RegExp(`^(?:${day}(?:[ Tt]${clock}(?:${zone})?)?${era}|-?infinity)$`)],
])

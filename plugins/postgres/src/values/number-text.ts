import { exactDouble, exactInteger, isDecimal } from '@easyrest/sql'
import type { ValueKind } from '../catalog/value-kind.js'

/** The digits of a whole number that the kind holds; undefined when it does not. */
export const integerText = (kind: ValueKind, text: string): string | undefined => {
  if (/^-?\d{1,4}$/.test(text)) return text
  const value = exactInteger(text)
  const bits = integerBits.get(kind)!
  return value !== undefined && BigInt.asIntN(bits, value) === value ? String(value) : undefined
}

const integerBits: ReadonlyMap<ValueKind, number> = new Map([
  ['int2', 16],
  ['int4', 32],
  ['int8', 64],
])

/** Whether a decimal number fits in numeric with this modifier (-1: any number does) without being rounded. */
export const fitsNumeric = (text: string, modifier: number): boolean => {
  if (!isDecimal(text) || !/\d/.test(text)) return false
  if (modifier < 0) return true
  const { precision, scale } = numericLimits(modifier)
  const { digits, exponent } = significant(text)
  return digits === 0 || (exponent >= -scale && digits + exponent <= precision - scale)
}

/** As PostgreSQL packs them: 16 bits of precision, 11 of scale with a sign. */
const numericLimits = (modifier: number) => {
  const packed = modifier - 4
  return { precision: packed >> 16, scale: ((packed & 0x7ff) ^ 1024) - 1024 }
}

/** How many digits count, and the power of ten of the last one. */
const significant = (text: string): { readonly digits: number; readonly exponent: number } => {
  const [, whole = '', fraction = '', power = '0'] = /^[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)!
  const all = (whole + fraction).replace(/^0+/, '')
  const digits = all.replace(/(?<!0)0+$/, '')
  return { digits: digits.length, exponent: Number(power) - fraction.length + all.length - digits.length }
}

export const isExactDouble = (text: string): boolean => isDecimal(text) && exactDouble(text) !== undefined

/** Whether the text is a single-precision number, or the shortest decimal that reads back as one. */
export const isExactSingle = (text: string): boolean => {
  if (!isExactDouble(text)) return false
  const value = Number(text)
  const single = Math.fround(value)
  return Number.isFinite(single) && (single === value || shortestSingle(single) === value)
}

const shortestSingle = (single: number): number => {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(single.toPrecision(digits))
    if (Math.fround(shorter) === single) return shorter
  }
  return Number(single.toPrecision(9))
}

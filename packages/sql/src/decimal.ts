/** The double that is numerically this decimal, in its shortest form; undefined when there is none. */
export const exactDouble = (text: string): number | undefined => {
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  const shortest = String(value)
  return shortest === text || sameDecimal(text, shortest) ? value : undefined
}

/** The integer that is numerically this decimal; undefined when it has a fraction or does not fit in 64 bits. */
export const exactInteger = (text: string): bigint | undefined => {
  const value = wholeNumber(text)
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined
}

/** Whether the text is a number as JSON writes it, or with a plus sign, leading zeros or a bare point. */
export const isDecimal = (text: string): boolean => decimalPattern.test(text)

const decimalPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

const wholeNumber = (text: string): bigint | undefined => {
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text)
  const decimal = parseDecimal(text)
  if (decimal === undefined || decimal.exponent < 0 || decimal.digits.length + decimal.exponent > 19) return undefined
  return BigInt(decimal.sign + decimal.digits + '0'.repeat(decimal.exponent))
}

const sameDecimal = (left: string, right: string): boolean => {
  const a = parseDecimal(left)
  const b = parseDecimal(right)
  return a !== undefined && b !== undefined && a.digits === b.digits && a.exponent === b.exponent && a.sign === b.sign
}

interface Decimal {
  readonly sign: string
  /** Without zeros at either end; '0' for zero. */
  readonly digits: string
  readonly exponent: number
}

const parseDecimal = (text: string): Decimal | undefined => {
  const match = decimalPattern.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const all = (whole + fraction).replace(/^0+/, '')
  const digits = all.replace(/(?<!0)0+$/, '')
  if (digits === '') return { sign: '', digits: '0', exponent: 0 }
  return {
    sign: sign === '-' ? '-' : '',
    digits,
    exponent: Number(exponent) - fraction.length + (all.length - digits.length),
  }
}

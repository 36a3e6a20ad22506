import { isDecimal } from '@easyrest/sql'

/** The integer that is numerically this decimal; undefined when it has a fraction or is beyond 64 bits, signed or not. */
export const wholeNumber = (text: string): bigint | undefined => {
  const plain = decimalText(text)
  if (plain === undefined || plain.includes('.')) return undefined
  const value = BigInt(plain)
  return BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value ? value : undefined
}

/** The same number without exponent and without zeros that say nothing; undefined when it is no number or a huge one. */
export const decimalText = (text: string): string | undefined => {
  const match = isDecimal(text) ? /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) : null
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent)
  if (whole + fraction === '' || Math.abs(shift) > largestShift || text.length > largestShift) return undefined
  const digits = shift < 0 ? '0'.repeat(-shift) + whole + fraction : whole + fraction + '0'.repeat(shift)
  const point = shift < 0 ? whole.length : whole.length + shift
  const integer = digits.slice(0, point).replace(/^0+/, '') || '0'
  const rest = digits.slice(point).replace(/(?<!0)0+$/, '')
  const number = rest === '' ? integer : `${integer}.${rest}`
  return sign === '-' && number !== '0' ? `-${number}` : number
}

// A decimal has 65 digits.
const largestShift = 400

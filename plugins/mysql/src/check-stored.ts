import type { JsonValue } from '@easyrest/protocol'
import { decimalText, wholeNumber } from './decimal-text.js'
import { shortestFloat } from './float.js'
import type { MysqlColumn } from './mysql-table.js'
import { quotedValue, unfit } from './unfit.js'

/**
 * Throws `bad_value` for what the server would store otherwise without saying so: it cuts fractions and blanks, and
 * fills up. What it refuses by itself is left to it.
 */
export const checkStored = (column: MysqlColumn, value: JsonValue): void => {
  const text = 'text' in value ? value.text : undefined
  if (text === undefined) return
  const problem = problemOf(column, text)
  if (problem !== undefined) throw unfit(column, quotedValue(text), problem)
}

/** What the column takes instead; undefined: the value is right, or the server will refuse it. */
const problemOf = (column: MysqlColumn, text: string): string | undefined => {
  switch (column.type) {
    case 'integer':
    case 'bits':
      return integerProblem(column, text)
    case 'decimal':
      return decimalProblem(column, text)
    case 'float':
      return floatProblem(text) ?? roundingProblem(column, text)
    case 'double':
      return roundingProblem(column, text)
    case 'year':
      return /^(0|19(?!00)\d\d|20\d\d|21[0-4]\d|215[0-5])$/.test(text) ? undefined : 'a year from 1901 to 2155, or 0'
    case 'time':
    case 'datetime':
    case 'timestamp':
      return fractionProblem(column, text)
    case 'text':
      return textProblem(column, text)
    case 'bytes':
      return bytesProblem(column, text)
    case 'enum':
      return column.members.includes(text) ? undefined : oneOf('one of', column.members)
    case 'set':
      return setProblem(column, text)
    default:
      return undefined
  }
}

const integerProblem = ({ bits, unsigned }: MysqlColumn, text: string): string | undefined => {
  const value = wholeNumber(text)
  if (value === undefined) return undefined
  const wrapped = unsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value)
  return wrapped === value ? undefined : `an integer of ${bits} bits${unsigned ? ' from 0' : ''}`
}

const decimalProblem = ({ precision = 65, scale = 0, unsigned }: MysqlColumn, text: string): string | undefined => {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimalText(text) ?? '') ?? []
  if (fraction.length <= scale && whole.replace(/^0+/, '').length <= precision - scale && !(unsigned && sign === '-'))
    return undefined
  return `a number of ${precision - scale} digits before the point and ${scale} behind it`
}

const floatProblem = (text: string): string | undefined => {
  const value = Number(text)
  if (Number.isNaN(value)) return undefined
  return shortestFloat(Math.fround(value)) === value ? undefined : 'a number that a float holds exactly'
}

// Of FLOAT(7,3) and DOUBLE(10,2).
const roundingProblem = ({ scale }: MysqlColumn, text: string): string | undefined => {
  const fraction = /\.(\d+)$/.exec(decimalText(text) ?? '')?.[1] ?? ''
  return scale === undefined || fraction.length <= scale
    ? undefined
    : `a number with at most ${scale} digits behind the point`
}

const fractionProblem = ({ scale = 0 }: MysqlColumn, text: string): string | undefined => {
  const fraction = /\.(\d+)/.exec(text)?.[1]?.replace(/(?<!0)0+$/, '') ?? ''
  if (fraction.length <= scale) return undefined
  return scale === 0 ? 'whole seconds' : `seconds with at most ${scale} digits behind the point`
}

const textProblem = ({ maxLength, padded }: MysqlColumn, text: string): string | undefined => {
  if (padded && text.endsWith(' ')) return 'text that does not end in a blank'
  // Blanks at the end are cut without an error.
  if (maxLength === undefined || text.length <= maxLength || !text.endsWith(' ')) return undefined
  return [...text].length <= maxLength ? undefined : `at most ${maxLength} characters`
}

const bytesProblem = ({ maxLength, padded }: MysqlColumn, text: string): string | undefined => {
  if (!padded || Buffer.byteLength(text, 'base64') === maxLength) return undefined
  return `exactly ${maxLength} bytes`
}

const setProblem = ({ members }: MysqlColumn, text: string): string | undefined => {
  const chosen = text === '' ? [] : text.split(',')
  const isRight = chosen.every((member, index) => members.includes(member) && chosen.indexOf(member) === index)
  return isRight ? undefined : oneOf('some of', members)
}

const oneOf = (some: string, members: readonly string[]): string => {
  const shown = members.slice(0, 20).join(', ')
  return `${some} ${shown}${members.length > 20 ? ', ...' : ''}`
}

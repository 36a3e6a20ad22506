import { type JsonRow, type JsonValue, PluginError, unknownName } from '@easyrest/protocol'

/** The value of a column in a row that holds every column of its table. Throws `unknown_column`. */
export const rowValue = (row: JsonRow, column: string): JsonValue => {
  const value = row.get(column)
  if (value === undefined) throw unknownName('column', column, row.keys())
  return value
}

/**
 * How a value compares with a text as the contract sends operands: below 0, 0 or above 0. Numbers compare by value,
 * exactly where both are integers; everything else as text. Throws `bad_value` when a number is compared with none.
 */
export const compareValue = (value: JsonValue, operand: string, column: string): number => {
  if (value.kind !== 'number') return compare(valueText(value), operand)
  return compare(toNumber(value.text, column), toNumber(operand, column))
}

/** The same text for numbers that `compareValue` takes for equal. Throws `bad_value` for what is no number. */
export const numberKey = (text: string, column: string): string => {
  const number = toNumber(text, column)
  return String(Number.isInteger(number) ? BigInt(number) : number)
}

/** The text of a value, as an operand would spell it. */
export const valueText = (value: JsonValue): string => ('text' in value ? value.text : value.kind)

// JavaScript compares a bigint with a number exactly.
const compare = <T extends string | number | bigint>(left: T, right: T): number =>
  left < right ? -1 : left > right ? 1 : 0

const toNumber = (text: string, column: string): number | bigint => {
  if (/^-?\d+$/.test(text)) return BigInt(text)
  if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text)
  throw new PluginError('bad_value', `column ${column}: expected a number, got ${JSON.stringify(text)}`, {
    details: { column },
  })
}

import {
  type Comparison,
  type JsonRow,
  type JsonValue,
  type Operator,
  PluginError,
  type Predicate,
} from '@easyrest/protocol'
import { compareValue, numberKey, rowValue, valueText } from './row-value.js'

/**
 * Whether a row meets a condition, for plugins whose data has no query language of its own. Every operator, and SQL's
 * three-valued logic: a comparison with null is unknown, and so is its negation. No condition is met by every row.
 * Rows hold every column of their table. Throws PluginError `unknown_column` or `bad_value`.
 */
export const matches = (row: JsonRow, where: Predicate | undefined): boolean =>
  where === undefined || truth(row, where) === 1

// 0 is false, 1 is true, and a half is unknown: `and` is the least of its items, `or` the greatest, `not` the rest to 1.
const truth = (row: JsonRow, where: Predicate): number => {
  if (where.kind === 'and') return where.items.reduce((least, item) => Math.min(least, truth(row, item)), 1)
  if (where.kind === 'or') return where.items.reduce((most, item) => Math.max(most, truth(row, item)), 0)
  if (where.kind === 'not') return 1 - truth(row, where.item)
  return comparisonTruth(rowValue(row, where.column), where)
}

const unknown = 0.5

const comparisonTruth = (value: JsonValue, comparison: Comparison): number => {
  const { operator, operands } = comparison
  const test = tests[operator]
  if (test === undefined) throw new PluginError('unsupported', `this plugin does not know the operator ${operator}`)
  if (value.kind === 'null' && operator !== 'is' && operator !== 'isdistinct') {
    return operator === 'in' && operands.length === 0 ? 0 : unknown
  }
  return test(value, comparison) ? 1 : 0
}

type Test = (value: JsonValue, comparison: Comparison) => boolean

const ordered =
  (holds: (order: number) => boolean): Test =>
  (value, { column, operands }) =>
    holds(compareValue(value, operands[0] ?? '', column))

const tests: Readonly<Partial<Record<Operator, Test>>> = {
  eq: ordered((order) => order === 0),
  neq: ordered((order) => order !== 0),
  lt: ordered((order) => order < 0),
  lte: ordered((order) => order <= 0),
  gt: ordered((order) => order > 0),
  gte: ordered((order) => order >= 0),
  isdistinct: (value, comparison) => value.kind === 'null' || tests.neq!(value, comparison),
  in: (value, comparison) => isAmong(value, comparison.column, operandsOf(comparison)),
  between: (value, { column, operands: [low = '', high = ''] }) =>
    compareValue(value, low, column) >= 0 && compareValue(value, high, column) <= 0,
  like: (value, { operands }) => likeText(valueText(value), operands[0] ?? ''),
  ilike: (value, { operands }) => likeText(valueText(value).toLowerCase(), (operands[0] ?? '').toLowerCase()),
  is: (value, { operands }) => isKind(value, operands[0] ?? ''),
}

interface Operands {
  readonly texts: ReadonlySet<string>
  /** By `numberKey`: those in front of the first that is no number. */
  readonly numbers: ReadonlySet<string>
  /** What a number that is not among them is told. */
  readonly noNumber: unknown
}

const isAmong = (value: JsonValue, column: string, { texts, numbers, noNumber }: Operands): boolean => {
  if (value.kind !== 'number') return texts.has(valueText(value))
  if (numbers.has(numberKey(value.text, column))) return true
  if (noNumber !== undefined) throw noNumber
  return false
}

// Read once and not for each row: rows times operands are soon more comparisons than a processor makes in a minute.
const operandsOf = (comparison: Comparison): Operands => {
  const known = readOperands.get(comparison)
  if (known !== undefined) return known
  const operands = readOperandsOf(comparison)
  readOperands.set(comparison, operands)
  return operands
}

const readOperands = new WeakMap<Comparison, Operands>()

const readOperandsOf = ({ column, operands }: Comparison): Operands => {
  const texts = new Set(operands)
  const numbers = new Set<string>()
  try {
    for (const operand of operands) numbers.add(numberKey(operand, column))
  } catch (noNumber) {
    return { texts, numbers, noNumber }
  }
  return { texts, numbers, noNumber: undefined }
}

const isKind = ({ kind }: JsonValue, operand: string): boolean => {
  if (operand === 'not_null') return kind !== 'null'
  return kind === (operand === 'unknown' ? 'null' : operand)
}

/** Goes back to the last `%` only, so that no pattern takes more than text times pattern steps. */
const likeText = (text: string, pattern: string): boolean => {
  const [characters, wanted] = [[...text], [...pattern]]
  let [at, position, afterPercent, retryAt] = [0, 0, -1, 0]
  while (at < characters.length) {
    if (wanted[position] === '%') {
      afterPercent = ++position
      retryAt = at
    } else if (position < wanted.length && (wanted[position] === '_' || wanted[position] === characters[at])) {
      at++
      position++
    } else if (afterPercent === -1) return false
    else {
      position = afterPercent
      at = ++retryAt
    }
  }
  return wanted.slice(position).every((character) => character === '%')
}

import { inlineJson, printDouble, printTimestamp, quoteText, type Timezone } from '@easyrest/sql'
import mysql from 'mysql2'
import type { Field, MysqlValue } from './connection.js'
import { shortestFloat } from './float.js'
import type { AnswerForm } from './mysql-table.js'

/** The timezone that a request wants its timestamps in, and the offset in which the session gives them. */
export interface PrintZone {
  readonly zone: Timezone
  /** `+02:00`; '' is UTC. */
  readonly sessionOffset: string
}

/** Prints a value that is not NULL as the JSON of table.proto. */
export type Printer = (value: Exclude<MysqlValue, null>, zone: PrintZone) => string

/** By the type that the protocol tells, which is never older than the rows; `form` is what was asked beyond it. */
export const printerOf = (field: Field, form: AnswerForm | undefined): Printer => {
  const print = formPrinter(field, form)
  return isComputedBits(field) ? (value, zone) => print(bitsOf(textOf(value)), zone) : print
}

const formPrinter = (field: Field, form: AnswerForm | undefined): Printer => {
  if (form === 'text') return asText(plainPrinter(field))
  return (form && formPrinters[form]) ?? plainPrinter(field)
}

const plainPrinter = (field: Field): Printer => {
  if (field.extendedFormat === 'json') return printJson
  if (isBoolean(field)) return printBoolean
  return printers.get(field.columnType) ?? printAny
}

const { Types: types } = mysql

// TINYINT(1) and BIT(1).
const isBoolean = ({ columnType, columnLength, flags }: Field): boolean =>
  columnLength === 1 && (columnType === types.BIT || (columnType === types.TINY && (flags & unsignedFlag) === 0))

// What a function or aggregate makes of a bit field comes as its digits, under the type of the field.
const isComputedBits = ({ columnType, flags }: Field): boolean => columnType === types.BIT && (flags & binaryFlag) !== 0

const bitsOf = (digits: string): Buffer => Buffer.from(BigInt(digits).toString(16).padStart(16, '0'), 'hex')

const unsignedFlag = 32
const binaryFlag = 128

const printAny: Printer = (value) => {
  if (typeof value === 'string') return quoteText(value)
  if (Buffer.isBuffer(value)) return `"${value.toString('base64')}"`
  return typeof value === 'number' ? printDouble(value) : quoteText(JSON.stringify(value))
}

const printInteger: Printer = (value) => String(value)

const printDecimal: Printer = (value) => String(value).replace(/^(-?)0+(?=\d)/, '$1')

const printFloat: Printer = (value) => printDouble(shortestFloat(value as number))

// A value that is neither true nor false stays the number it is.
const printBoolean: Printer = (value) => {
  const number = Buffer.isBuffer(value) ? value[value.length - 1]! : Number(value)
  return number === 0 ? 'false' : number === 1 ? 'true' : String(number)
}

const printBits: Printer = (value) => BigInt(`0x${(value as Buffer).toString('hex') || '0'}`).toString()

const printJson: Printer = (value) => inlineJson(textOf(value))

const printDate: Printer = (value) => (isReal(value) ? `"${value}"` : 'null')

const printDatetime: Printer = (value) => {
  if (!isReal(value)) return 'null'
  const text = trimmedFraction(String(value))
  return `"${text.slice(0, 10)}T${text.slice(11)}"`
}

const printInstant: Printer = (value, { zone, sessionOffset }) => {
  if (!isReal(value)) return 'null'
  const stored = trimmedFraction(String(value))
  return `"${printTimestamp(stored + sessionOffset, zone)}"`
}

const formPrinters: Readonly<Partial<Record<AnswerForm, Printer>>> = {
  boolean: printBoolean,
  timestamp: printInstant,
  date: (value, zone) => {
    const printed = printInstant(value, zone)
    return printed === 'null' ? printed : `${printed.slice(0, 11)}"`
  },
  number: (value) => (typeof value === 'number' ? printDouble(value) : trimmedFraction(printDecimal(value, utc))),
}

const printers: ReadonlyMap<number, Printer> = new Map([
  ...[types.TINY, types.SHORT, types.INT24, types.LONG, types.LONGLONG, types.YEAR].map(
    (type) => [type, printInteger] as const,
  ),
  [types.DECIMAL, printDecimal],
  [types.NEWDECIMAL, printDecimal],
  [types.FLOAT, printFloat],
  [types.DOUBLE, (value) => printDouble(value as number)],
  [types.BIT, printBits],
  [types.DATE, printDate],
  [types.NEWDATE, printDate],
  [types.DATETIME, printDatetime],
  [types.TIMESTAMP, printInstant],
  [types.JSON, printJson],
])

const asText =
  (print: Printer): Printer =>
  (value, zone) => {
    if (print === printJson) return quoteText(textOf(value))
    const printed = print(value, zone)
    return printed.startsWith('"') || printed === 'null' ? printed : `"${printed}"`
  }

const textOf = (value: MysqlValue): string => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value))

// 0000-00-00, and days and months of 00 that servers without strict mode have stored.
const isReal = (value: MysqlValue): boolean => !/^0000-|^\d+-00|^\d+-\d\d-00/.test(String(value)) || isYearZero(value)

// The year 0 is one that the database can hold.
const isYearZero = (value: MysqlValue): boolean => /^0000-(?!00)\d\d-(?!00)\d\d/.test(String(value))

const trimmedFraction = (text: string): string =>
  text.includes('.') ? text.replace(/(?<!0)0+$/, '').replace(/\.$/, '') : text

const utc: PrintZone = { zone: { isUtc: true, offsetAt: () => 0 }, sessionOffset: '' }

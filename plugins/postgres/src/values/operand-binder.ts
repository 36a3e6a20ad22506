import { type JsonValue, PluginError } from '@easyrest/protocol'
import { type Binder, type Binding, isDecimal } from '@easyrest/sql'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import type { ValueKind } from '../catalog/value-kind.js'
import { integerText } from './number-text.js'
import { isExactTime } from './time-text.js'
import { quoted, unfit } from './unfit.js'

/** A value whose type only the server knows: it may refuse the text. */
export interface UncheckedText {
  readonly column: PostgresColumn
  readonly text: string
}

/** Text of a URL as parameters, by the type of the column it is compared with. */
export class OperandBinder implements Binder<PostgresColumn> {
  readonly unchecked: UncheckedText[] = []

  operand(column: PostgresColumn, text: string): Binding {
    const value = this.convert(column, text)
    // Without it the server would take the text for a row of any type.
    return column.isComposite ? { value, cast: column.sqlType } : { value }
  }

  /** Values of rows travel as one JSON parameter; see row-source.ts. */
  value(column: PostgresColumn, _value: JsonValue): Binding {
    throw new Error(`the value of ${column.name} is bound alone`)
  }

  text(text: string): Binding {
    return { value: checkText(text), cast: 'text' }
  }

  integer(value: number): Binding {
    return { value: String(value) }
  }

  private convert(column: PostgresColumn, text: string): string {
    const converted = convert(column, text)
    if (converted === undefined) throw unfit(column, quoted(text))
    if (!isCertain(column.kind)) this.unchecked.push({ column, text: converted })
    return checkText(converted)
  }
}

/** Whether the server takes whatever passes the checks here. */
export const isCertain = (kind: ValueKind): boolean => certainKinds.includes(kind)

const certainKinds: readonly ValueKind[] = ['int2', 'int4', 'int8', 'boolean', 'text', 'bytes']

/** undefined: the text is no value of the column's type. */
const convert = (column: PostgresColumn, text: string): string | undefined => {
  switch (column.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
      return integerText(column.kind, text)
    case 'decimal':
    case 'float4':
    case 'float8':
      return isDecimal(text) && /\d/.test(text) ? text : undefined
    case 'boolean':
      return booleans.get(text.toLowerCase())
    case 'bytes':
      return hexOf(text)
    case 'date':
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return isExactTime(column.kind, text, -1) ? text : undefined
    case 'json':
    case 'jsonb':
      return jsonOf(text)
    case 'text':
    case 'other':
      return text
  }
}

const booleans: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['1', 'true'],
  ['false', 'false'],
  ['0', 'false'],
])

// Node skips what is no base64, so the way back shows it.
const hexOf = (text: string): string | undefined => {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? `\\x${bytes.toString('hex')}` : undefined
}

// A text that is no JSON is meant as a string.
const jsonOf = (text: string): string => {
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}

const checkText = (text: string): string => {
  if (!/\0|\p{Surrogate}/u.test(text)) return text
  throw new PluginError('bad_value', 'a text holds U+0000 or half of a surrogate pair, which PostgreSQL cannot hold')
}

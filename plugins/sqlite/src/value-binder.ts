import { type JsonValue, PluginError } from '@easyrest/protocol'
import {
  type Binder,
  type Binding,
  exactDouble,
  exactInteger,
  isDate,
  isDecimal,
  storeTimestamp,
  timezone,
} from '@easyrest/sql'
import { blobBinding, integerBinding, nullBinding, realBinding, textBinding } from './database.js'
import type { SqliteColumn } from './sqlite-table.js'
import type { ValueType } from './value-type.js'

/** Values of one request as parameters. What a column cannot hold exactly is `bad_value`, never rounded or cut. */
export class ValueBinder implements Binder<SqliteColumn> {
  /** @param zone that timestamps without an offset are in */
  constructor(private readonly zone: string) {}

  /** Text of a URL. */
  operand(column: SqliteColumn, text: string): Binding {
    if (column.type === 'text') return this.text(text)
    if (column.type === 'json') return isDecimal(text) ? this.number(column, text) : this.text(text)
    return this.fromText(column, text)
  }

  /** A member of a row. */
  value(column: SqliteColumn, value: JsonValue): Binding {
    switch (value.kind) {
      case 'null':
        return nullBinding
      case 'true':
      case 'false':
        return this.fromBoolean(column, value.kind)
      case 'number':
        return this.fromNumber(column, value.text)
      case 'string':
        return this.fromString(column, value.text)
      case 'json':
        if (column.type === 'json') return this.text(value.text)
        throw unfit(column, 'an object or an array')
    }
  }

  text(text: string): Binding {
    if (!loneSurrogate.test(text)) return textBinding(text)
    throw new PluginError('bad_value', 'a text holds a surrogate without its other half')
  }

  // SQLite plans by the value of a bare LIMIT ? and prepares the statement again when it is bound (4 times the time).
  integer(value: number): Binding {
    return { ...integerBinding(BigInt(value)), cast: 'INTEGER' }
  }

  private fromBoolean(column: SqliteColumn, word: 'true' | 'false'): Binding {
    if (column.type === 'json') return textBinding(word)
    // It would read back as a number.
    if (column.type !== 'boolean') throw unfit(column, word)
    return integerBinding(word === 'true' ? 1n : 0n)
  }

  private fromNumber(column: SqliteColumn, text: string): Binding {
    if (column.type === 'boolean' && text !== '0' && text !== '1') throw unfit(column, text)
    if (column.type === 'text' || column.type === 'blob') throw unfit(column, `the number ${text}`)
    return this.number(column, text)
  }

  private fromString(column: SqliteColumn, text: string): Binding {
    if (column.type === 'text' || column.type === 'any') return this.text(text)
    if (column.type === 'json') return this.text(JSON.stringify(text))
    return this.fromText(column, text)
  }

  /** Text where it is not certain that a text is wanted: a string of a CSV or form body, or of a URL. */
  private fromText(column: SqliteColumn, text: string): Binding {
    switch (column.type) {
      case 'blob':
        return blobBinding(this.bytes(column, text))
      case 'boolean':
        return integerBinding(this.boolean(column, text))
      case 'timestamp':
        return this.timestamp(column, text)
      case 'date':
        if (isDate(text)) return this.text(text)
        return this.number(column, text)
      case 'any':
        return isDecimal(text) ? this.number(column, text) : this.text(text)
      case 'loose':
        return this.loose(column, text)
      default:
        return this.number(column, text)
    }
  }

  private number(column: SqliteColumn, text: string): Binding {
    const integer = column.type === 'real' ? undefined : exactInteger(text)
    if (integer !== undefined) return integerBinding(integer)
    const double = column.type === 'integer' || !isDecimal(text) ? undefined : exactDouble(text)
    if (double !== undefined) return realBinding(double)
    throw unfit(column, quoted(text))
  }

  private timestamp(column: SqliteColumn, text: string): Binding {
    if (isDecimal(text)) return this.number(column, text)
    const stored = storeTimestamp(text, timezone(this.zone), column.timestampForm())
    if (stored === undefined) throw unfit(column, quoted(text))
    return textBinding(stored)
  }

  private boolean(column: SqliteColumn, text: string): bigint {
    const word = text.toLowerCase()
    if (word === 'true' || word === '1') return 1n
    if (word === 'false' || word === '0') return 0n
    throw unfit(column, quoted(text))
  }

  private bytes(column: SqliteColumn, text: string): Uint8Array {
    const bytes = Buffer.from(text, 'base64')
    // Node skips what is no base64, so the way back shows it.
    if (bytes.toString('base64') !== text) throw unfit(column, quoted(text))
    return bytes
  }

  // SQLite makes a number of text that looks like one; only where that changes nothing may it.
  private loose(column: SqliteColumn, text: string): Binding {
    if (!isDecimal(text.trim())) return this.text(text)
    const number = this.number(column, text)
    if (String(number.value) === text) return number
    throw unfit(column, `${quoted(text)}, which it would turn into ${number.value}`)
  }
}

// With the flag u only a surrogate without its other half is one.
const loneSurrogate = /\p{Surrogate}/u

const expectations: Readonly<Record<ValueType, string>> = {
  integer: 'an integer of 64 bits',
  real: 'a number that a double holds exactly',
  numeric: 'an integer of 64 bits, or a number that a double holds exactly',
  text: 'a string',
  blob: 'a string of base64 with padding',
  boolean: 'true or false',
  date: 'a date such as 2024-06-01',
  timestamp: 'a timestamp such as 2024-06-01T12:00:00Z',
  json: 'a JSON value whose numbers a double holds exactly',
  loose: 'a string, or a number that it holds exactly',
  any: 'a value that it holds exactly',
}

const unfit = (column: SqliteColumn, received: string): PluginError =>
  new PluginError('bad_value', `${column.name} takes ${expectations[column.type]}, not ${received}`, {
    details: { column: column.name },
  })

const quoted = (text: string): string => JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 57)}...`)

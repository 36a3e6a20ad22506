import { isIPv4, isIPv6 } from 'node:net'
import { type JsonValue, PluginError } from '@easyrest/protocol'
import { type Binder, type Binding, exactDouble, isDecimal, type Timezone } from '@easyrest/sql'
import { bytesBinding, decimalBinding, doubleBinding, integerBinding, nullBinding, textBinding } from './bindings.js'
import { checkStored } from './check-stored.js'
import { decimalText, wholeNumber } from './decimal-text.js'
import type { MysqlColumn } from './mysql-table.js'
import { dateText, datetimeText, instantText, timeText } from './time-text.js'
import { quotedValue, unfit } from './unfit.js'

/** Values of one request as parameters. What a column cannot hold exactly is `bad_value`, never rounded or cut. */
export class ValueBinder implements Binder<MysqlColumn> {
  /**
   * @param zone that timestamps without an offset are in
   * @param session the offset in which the session takes timestamps
   */
  constructor(
    private readonly zone: Timezone,
    private readonly session: Timezone,
  ) {}

  /** Text of a URL. */
  operand(column: MysqlColumn, text: string): Binding {
    checkComparable(column, text)
    const binding = this.fromText(column, text)
    // A text that a view computes decides no more how it is compared than a parameter does, and the server refuses both.
    return isComputed(column) ? { ...binding, collation: column.collation! } : binding
  }

  /** A member of a row. */
  value(column: MysqlColumn, value: JsonValue): Binding {
    if (value.kind === 'null') return nullBinding
    checkStored(column, value)
    if (column.type === 'json') return this.text(jsonText(value))
    switch (value.kind) {
      case 'true':
      case 'false':
        return this.fromBoolean(column, value.kind)
      case 'number':
        if (textTypes.includes(column.type)) throw unfit(column, `the number ${value.text}`)
        return this.fromText(column, value.text)
      case 'string':
        return this.fromText(column, value.text)
      case 'json':
        throw unfit(column, 'an object or an array')
    }
  }

  text(text: string): Binding {
    if (!loneSurrogate.test(text)) return textBinding(text)
    throw new PluginError('bad_value', 'a text holds a surrogate without its other half')
  }

  integer(value: number): Binding {
    return integerBinding(BigInt(value))
  }

  private fromBoolean(column: MysqlColumn, word: 'true' | 'false'): Binding {
    // Elsewhere it would read back as a number.
    if (column.type !== 'boolean') throw unfit(column, word)
    return integerBinding(word === 'true' ? 1n : 0n)
  }

  private fromText(column: MysqlColumn, text: string): Binding {
    switch (column.type) {
      case 'integer':
      case 'year':
      case 'bits':
        return integerBinding(wholeNumber(text) ?? fail(column, text))
      case 'boolean':
        return integerBinding(booleanOf(text) ?? fail(column, text))
      case 'decimal':
        return decimalBinding(decimalText(text) ?? fail(column, text))
      case 'float':
        return doubleBinding(Math.fround(this.double(column, text)))
      case 'double':
        return doubleBinding(this.double(column, text))
      case 'bytes':
        return bytesBinding(bytesOf(text) ?? fail(column, text))
      case 'date':
        return textBinding(dateText(text) ?? fail(column, text))
      case 'time':
        return textBinding(timeText(text) ?? fail(column, text))
      case 'datetime':
        return textBinding(datetimeText(text, this.zone) ?? fail(column, text))
      case 'timestamp':
        return textBinding(instantText(text, this.zone, this.session) ?? fail(column, text))
      case 'geometry':
        throw new PluginError(
          'unsupported',
          `${column.name} is a geometry, which can be read but not written or compared`,
        )
      default:
        return this.column(column, text)
    }
  }

  private double(column: MysqlColumn, text: string): number {
    const exact = isDecimal(text) ? exactDouble(text) : undefined
    return exact ?? fail(column, text)
  }

  private column(column: MysqlColumn, text: string): Binding {
    if (!loneSurrogate.test(text)) return textBinding(text)
    throw unfit(column, 'a surrogate without its other half')
  }
}

// Where the server would take the text for another value, or find nothing without saying why.
const checkComparable = (column: MysqlColumn, text: string): void => {
  if (column.type === 'year' && /^\d{1,2}$/.test(text) && Number(text) !== 0) fail(column, text)
  const form = ownForms.get(column.typeName)
  if (form !== undefined && !form.fits(text)) throw unfit(column, quotedValue(text), form.expected)
}

/** Of types that are text to the driver, by their names. */
const ownForms: ReadonlyMap<string, { readonly fits: (text: string) => boolean; readonly expected: string }> = new Map([
  ['uuid', { fits: (text: string) => /^[0-9a-f]{32}$/i.test(text.replaceAll('-', '')), expected: 'a UUID' }],
  ['inet4', { fits: isIPv4, expected: 'an IPv4 address such as 10.0.0.1' }],
  // Node knows zones too (fe80::1%eth0), which no value has.
  [
    'inet6',
    {
      fits: (text: string) => isIPv6(text) && !text.includes('%'),
      expected: 'an IPv6 address such as ::1, of IPv4 ::ffff:10.0.0.1',
    },
  ],
])

// A parameter is in utf8mb4, whose collations are the only ones it can have.
const isComputed = ({ isOfView, collation }: MysqlColumn): boolean => isOfView && /^utf8mb4_\w+$/.test(collation ?? '')

// With the flag u only a surrogate without its other half is one.
const loneSurrogate = /\p{Surrogate}/u

const textTypes: readonly MysqlColumn['type'][] = [
  'text',
  'bytes',
  'enum',
  'set',
  'other',
  'date',
  'time',
  'datetime',
  'timestamp',
]

const fail = (column: MysqlColumn, text: string): never => {
  throw unfit(column, quotedValue(text))
}

const booleanOf = (text: string): bigint | undefined => {
  const word = text.toLowerCase()
  return word === 'true' || word === '1' ? 1n : word === 'false' || word === '0' ? 0n : undefined
}

// Node skips what is no base64, so the way back shows it.
const bytesOf = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

const jsonText = (value: Exclude<JsonValue, { kind: 'null' }>): string => {
  if (value.kind === 'string') return JSON.stringify(value.text)
  return 'text' in value ? value.text : value.kind
}

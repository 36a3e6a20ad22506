import type { JsonValue } from '@easyrest/protocol'
import fc from 'fast-check'
import { canonicalDecimal, canonicalInstant, canonicalJson } from './canonical-values.js'

/** What a column holds, whatever its database calls it. */
export type ValueKind =
  | 'integer'
  | 'decimal'
  | 'double'
  | 'text'
  | 'bytes'
  | 'boolean'
  | 'date'
  | 'timestamp'
  /** A timestamp in a column that counts seconds in 32 bits. */
  | 'timestamp32'
  /** A timestamp without a zone. */
  | 'local_timestamp'
  | 'json'

/** A value as it is sent. */
export interface SentValue {
  /** JSON text. */
  readonly json: string
  /** Whether every database has to take it; another may be refused. */
  readonly ordinary: boolean
}

interface KindOfValue {
  readonly values: () => fc.Arbitrary<SentValue>
  /** The same text for the same value, however it is spelled; undefined when it is none of this kind. */
  readonly canonical: (value: JsonValue) => string | undefined
}

/** Values to send for each kind, and when two of them are the same value. */
export const valueKinds: Readonly<Record<ValueKind, KindOfValue>> = {
  integer: {
    values: () =>
      either(
        fc
          .oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.constantFrom(...integerEdges), fc.bigInt(-1000n, 1000n))
          .map(String),
        fc.oneof(
          fc.bigInt(-(2n ** 70n), 2n ** 70n).map(String),
          fc.constantFrom(
            '1.0',
            '1e3',
            '1.5',
            '-0',
            '9223372036854775808',
            '1e19',
            '"42"',
            '"abc"',
            '""',
            'true',
            '[1]',
          ),
        ),
      ),
    canonical: canonicalNumber,
  },
  decimal: {
    values: () =>
      either(
        fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat(6)).map(decimalText),
        fc.constantFrom('12345678901234567890.123456789', '0.1e-30', '1e400', '"19.99"', '"abc"', 'false'),
      ),
    canonical: canonicalNumber,
  },
  double: {
    values: () =>
      either(
        fc
          .oneof(finite, fc.double({ noNaN: true, min: -1e-15, max: 1e-15 }), fc.constantFrom(...doubleEdges))
          .map(jsonDouble),
        fc.constantFrom(
          '1e400',
          '-1e400',
          '1e-400',
          '0.1000000000000000055511151231257827',
          '9007199254740993',
          '"NaN"',
        ),
      ),
    canonical: (value) => canonicalDouble(numberText(value)),
  },
  text: {
    values: () =>
      either(fc.string({ unit: ordinaryCharacter }).map(jsonText), fc.string({ unit: oddCharacter }).map(jsonText)),
    canonical: (value) => (value.kind === 'string' ? value.text : undefined),
  },
  bytes: {
    values: () =>
      either(
        fc.uint8Array({ maxLength: 40 }).map((bytes) => jsonText(Buffer.from(bytes).toString('base64'))),
        fc.constantFrom('"AP8"', '"AP9="', '"not base64!"', '"AP8=\\n"', '"_-8="', '5'),
      ),
    canonical: (value) => (value.kind === 'string' ? value.text : undefined),
  },
  boolean: {
    values: () => either(fc.constantFrom('true', 'false'), fc.constantFrom('1', '0', '2', '"yes"', '"true"', '{}')),
    canonical: canonicalBoolean,
  },
  date: {
    values: () =>
      either(
        someDate.map((date) => jsonText(date.toISOString().slice(0, 10))),
        fc.constantFrom('"2023-02-29"', '"2024-13-01"', '"0000-01-01"', '"soon"', '"2024-1-1"', '20240101'),
      ),
    canonical: (value) => (value.kind === 'string' ? value.text : undefined),
  },
  timestamp: {
    values: () =>
      either(
        fc
          .tuple(someDate, fc.stringMatching(/^\d{1,6}$/), fc.integer({ min: -14 * 60, max: 14 * 60 }))
          .map(timestampText),
        fc.constantFrom('"2024-06-01T24:00:00Z"', '"2024-02-30T00:00:00Z"', '"2016-12-31T23:59:60Z"', '"soon"', '""'),
      ),
    canonical: (value) => (value.kind === 'string' ? canonicalInstant(value.text) : undefined),
  },
  timestamp32: {
    values: () =>
      either(
        fc
          .tuple(dateIn32Bits, fc.stringMatching(/^\d{1,6}$/), fc.integer({ min: -14 * 60, max: 14 * 60 }))
          .map(timestampText),
        fc.constantFrom('"1969-12-31T23:59:59Z"', '"2038-01-19T03:14:08Z"', '"0001-01-01T00:00:00Z"', '"soon"'),
      ),
    canonical: (value) => (value.kind === 'string' ? canonicalInstant(value.text) : undefined),
  },
  local_timestamp: {
    values: () =>
      either(
        fc
          .tuple(someDate, fc.stringMatching(/^\d{1,6}$/))
          .map(([date, fraction]) => jsonText(`${date.toISOString().slice(0, 19)}.${fraction}`)),
        fc.constantFrom('"2024-06-01T24:00:00"', '"2024-02-30T00:00:00"', '"2024-06-01T12:00:00.1234567"', '"soon"'),
      ),
    canonical: (value) => (value.kind === 'string' ? canonicalInstant(`${value.text}Z`) : undefined),
  },
  json: {
    values: () =>
      either(
        fc
          .oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))
          .map((value) => JSON.stringify(value)),
        fc.oneof(
          fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.stringify(value)),
          fc.constantFrom(
            '12345678901234567890123',
            '{"n":12345678901234567890.10}',
            '[1e400]',
            '["a\\u0000b"]',
            '{"a":{}}',
          ),
        ),
      ),
    canonical: canonicalJson,
  },
}

/** Mostly what every database has to take. */
const either = (ordinary: fc.Arbitrary<string>, odd: fc.Arbitrary<string>): fc.Arbitrary<SentValue> =>
  fc.oneof(
    { weight: 40, arbitrary: ordinary.map((json) => ({ json, ordinary: true })) },
    { weight: 5, arbitrary: fc.constant({ json: 'null', ordinary: true }) },
    { weight: 1, arbitrary: odd.map((json) => ({ json, ordinary: false })) },
  )

const integerEdges = [
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 31n,
  -(2n ** 31n) - 1n,
]

const doubleEdges = [
  5e-324,
  2.2250738585072014e-308,
  1e-17,
  0.1 + 0.2,
  -(1 - 2 ** -53),
  Number.MAX_VALUE,
  2 ** 53,
  1e21,
  0.1,
]

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

// JSON.stringify would lose the sign of zero.
const jsonDouble = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value))

const jsonText = (text: string): string => JSON.stringify(text)

const decimalText = ([digits, scale]: [number, number]): string =>
  scale === 0 ? String(digits) : (digits / 10 ** scale).toFixed(scale)

const surrogates = /[\ud800-\udfff]/

const ordinaryCharacter = fc.oneof(
  fc.constantFrom('\ufffd', '\ufeff', '"', '\\', "'", '%', '\n', '\r', '\x7f', 'é', 'e\u0301', '😀', '\u2028'),
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 1 })
    .filter((text) => text !== '\0' && !(text.length === 1 && surrogates.test(text))),
)

const oddCharacter = fc.oneof(fc.constantFrom('\0', '\ud800', '\udfff', 'a'), ordinaryCharacter)

// A day away from the ends, so that no timezone leads out of the years that four digits hold.
const someDate = fc.date({ min: new Date('0001-01-03'), max: new Date('9999-12-29'), noInvalidDate: true })

const dateIn32Bits = fc.date({ min: new Date('1970-01-03'), max: new Date('2038-01-17'), noInvalidDate: true })

const timestampText = ([date, fraction, offset]: [Date, string, number]): string => {
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19)
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60]
  return jsonText(`${local}.${fraction}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`)
}

const two = (number: number): string => String(number).padStart(2, '0')

const numberText = (value: JsonValue): string | undefined =>
  value.kind === 'number' || value.kind === 'string' ? value.text : undefined

function canonicalNumber(value: JsonValue): string | undefined {
  return canonicalDecimal(numberText(value))
}

/** A double is what its column holds, so decimals of the same double are the same; and zero is zero. */
const canonicalDouble = (text: string | undefined): string | undefined => {
  const number = canonicalDecimal(text) === undefined ? Number.NaN : Number(text)
  return Number.isFinite(number) ? String(number + 0) : undefined
}

function canonicalBoolean(value: JsonValue): string | undefined {
  const word = value.kind === 'true' || value.kind === 'false' ? value.kind : numberText(value)?.toLowerCase()
  return word === 'true' || word === '1' ? 'true' : word === 'false' || word === '0' ? 'false' : undefined
}

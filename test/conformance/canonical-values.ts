import type { JsonValue } from '@easyrest/protocol'

/** `digits e exponent` without zeros that say nothing; undefined when the text is no decimal number. */
export const canonicalDecimal = (text: string | undefined): string | undefined => {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text ?? '')
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const all = (whole + fraction).replace(/^0+/, '')
  const digits = all.replace(/0+$/, '')
  if (digits === '') return '0'
  const shift = BigInt(exponent) + BigInt(all.length - digits.length - fraction.length)
  return `${sign === '-' ? '-' : ''}${digits}e${shift}`
}

/** Nanoseconds since 1970 of an RFC 3339 timestamp with an offset; undefined when it is none. */
export const canonicalInstant = (text: string): string | undefined => {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) return undefined
  const [, day, time, fraction = '', offset] = match
  const seconds = Date.parse(`${day}T${time}${offset}`) / 1000
  return Number.isInteger(seconds) ? String(BigInt(seconds) * 10n ** 9n + BigInt(fraction.padEnd(9, '0'))) : undefined
}

/** Without spaces, members in the order of their names, numbers and texts in one spelling. */
export const canonicalJson = (value: JsonValue): string | undefined => {
  if (value.kind === 'null') return undefined
  const text = value.kind === 'string' ? JSON.stringify(value.text) : 'text' in value ? value.text : value.kind
  return JSON.stringify(sorted(JSON.parse(numbersAsObjects(text))))
}

// JSON.parse would round them.
const numbersAsObjects = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs, (token) =>
    token.startsWith('"') ? token : `{"number":${JSON.stringify(canonicalDecimal(token))}}`,
  )

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  // As pairs: names such as __proto__ are names like any other.
  return { members: members.map(([name, member]) => [name, sorted(member)]) }
}

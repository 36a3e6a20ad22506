import type { JsonRow } from '@easyrest/protocol'

/**
 * Rows as the bytes of a JSON array. What parseJsonRows read is printed as it stood, digits and all. For authors who
 * answer objects: beside what JSON knows, a bigint is printed with
 * all its digits, bytes as base64, a Date as RFC 3339 in UTC; NaN and infinities are null. Objects and arrays in a
 * column are inlined. Throws AnswerError naming row and column.
 */
export const printRows = (rows: readonly (JsonRow | object)[], origin: string): Buffer =>
  Buffer.from(`[${rows.map((row, index) => printRow(row, `${origin}: row ${index}`)).join(',')}]`)

/** The plugin answered something other than its interface says: a mistake in the plugin, never the caller's. */
export class AnswerError extends TypeError {
  override readonly name = 'AnswerError'
}

/** What a value is, in a few words for an error text. */
export const describe = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'without prototype'})`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === undefined ? 'undefined' : `a ${typeof value}`
}

const printRow = (row: unknown, origin: string): string => {
  if (typeof row !== 'object' || row === null || Array.isArray(row) || row instanceof Uint8Array) {
    throw new AnswerError(`${origin}: expected an object (column -> value), got ${describe(row)}`)
  }
  if (row instanceof Map) return printJsonRow(row, origin)
  const members = Object.entries(row).map(([name, value]) => `${printText(name)}:${printValue(value, name, origin)}`)
  return `{${members.join(',')}}`
}

const printJsonRow = (row: ReadonlyMap<unknown, unknown>, origin: string): string => {
  const members = [...row].map(([name, value]) => {
    const { kind, text } = (value ?? {}) as { kind?: unknown; text?: unknown }
    const printed = kind === 'string' ? printText(String(text)) : (text ?? kind)
    if (typeof kind === 'string' && typeof printed === 'string') return `${printText(String(name))}:${printed}`
    throw new AnswerError(`${origin}, column "${name}": expected a JsonValue (a row is a Map), got ${describe(value)}`)
  })
  return `{${members.join(',')}}`
}

const printValue = (value: unknown, column: string, origin: string): string => {
  if (typeof value === 'string') return printText(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  const printed = printJson(value)
  if (printed !== undefined) return printed
  throw new AnswerError(
    `${origin}, column "${column}": expected a value JSON can hold, got ${describe(value)}; use null for no value`,
  )
}

/** undefined when it cannot be printed: functions, symbols, undefined itself, cycles, a bigint inside an object. */
const printJson = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

// Half a surrogate pair is no UTF-8 text; the contract replaces it.
const printText = (text: string): string => JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd'))

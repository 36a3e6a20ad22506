import type { JsonRow } from '@easyrest/protocol'

/**
 * Rows as the bytes of a JSON array. What parseJsonRows read is printed as it stood, digits and all. For authors who
 * answer objects: beside what JSON knows, a bigint is printed with
 * all its digits, bytes as base64, a Date as RFC 3339 in UTC; NaN and infinities are null. Objects and arrays in a
 * column are inlined, with the same in them. Throws AnswerError naming row and column.
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
  const members = Object.entries(row).map(([name, value]) => `${printText(name)}:${printColumn(value, name, origin)}`)
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

const printColumn = (value: unknown, column: string, origin: string): string => {
  try {
    return printValue(value, 0)
  } catch (error) {
    if (!(error instanceof UnprintableError)) throw error
    throw new AnswerError(`${origin}, column "${column}": ${error.message}`)
  }
}

class UnprintableError extends Error {}

const printValue = (value: unknown, depth: number): string => {
  switch (typeof value) {
    case 'string':
      return printText(value)
    case 'bigint':
      return value.toString()
    case 'number':
    case 'boolean':
      return JSON.stringify(value)
    case 'object':
      return value === null ? 'null' : printNested(value, depth)
    default:
      throw unprintable(value)
  }
}

const printNested = (value: object, depth: number): string => {
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  if (depth > maxDepth) throw new UnprintableError(`expected at most ${maxDepth} levels, got more, or a cycle`)
  if (Array.isArray(value)) return `[${Array.from(value, (item) => printValue(item, depth + 1)).join(',')}]`
  if ('toJSON' in value && typeof value.toJSON === 'function') return printValue(value.toJSON(), depth + 1)
  if (isBox(value)) return printValue(value.valueOf(), depth + 1)
  if (Symbol.iterator in value || value instanceof ArrayBuffer) throw unprintable(value)
  return printObject(value, depth)
}

// As JSON.stringify has it, a member that is undefined is none.
const printObject = (value: object, depth: number): string => {
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${printText(name)}:${printValue(member, depth + 1)}`).join(',')}}`
}

const isBox = (value: object): boolean =>
  value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt

const unprintable = (value: unknown): UnprintableError =>
  new UnprintableError(`expected a value JSON can hold, got ${describe(value)}; use null for no value`)

const maxDepth = 1000

// Half a surrogate pair is no UTF-8 text; the contract replaces it.
const printText = (text: string): string => JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd'))

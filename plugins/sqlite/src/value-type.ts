/**
 * How the values of a column travel between JSON and SQLite. It follows from the declared type, which SQLite keeps but
 * does not enforce: a column may hold values of another type, and those are answered as what they are.
 */
export type ValueType =
  | 'integer'
  | 'real'
  | 'numeric'
  | 'text'
  | 'blob'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'json'
  /** NUMERIC affinity under a name that says nothing (UUID, STRING, TIME): SQLite turns text that looks like a number into one. */
  | 'loose'
  /** No declared type: values stay what they are. */
  | 'any'

/** By the declared type; names first, then SQLite's own rules of affinity (sqlite.org/datatype3.html, 3.1). */
export const valueTypeOf = (declaredType: string, strict: boolean): ValueType => {
  const type = declaredType.toUpperCase().replace(/\(.*$/s, '').trim()
  if (strict && type === 'ANY') return 'any'
  const named = namedTypes.get(type)
  if (named !== undefined) return named
  if (/^(DATETIME|TIMESTAMP)\b/.test(type) && !type.includes('INT')) return 'timestamp'
  return affinityType(type)
}

const namedTypes: ReadonlyMap<string, ValueType> = new Map([
  ['BOOLEAN', 'boolean'],
  ['BOOL', 'boolean'],
  ['DATE', 'date'],
  ['JSON', 'json'],
  ['TIMESTAMPTZ', 'timestamp'],
])

const affinityType = (type: string): ValueType => {
  if (type === '') return 'any'
  if (type.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
  if (type.includes('BLOB')) return 'blob'
  if (/REAL|FLOA|DOUB/.test(type)) return 'real'
  return /^(NUMERIC|NUMBER|DECIMAL|DEC|MONEY|CURRENCY)\b/.test(type) ? 'numeric' : 'loose'
}

import { BadValue } from './bad-value.js'

const words = new Map([
  ...['1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'off'].map((word) => [word, false] as const),
])

/** YAML's booleans, and the words people put into environment variables. */
export function parseBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : ''
  const result = words.get(word)
  if (result === undefined) throw new BadValue('expected true or false (also yes/no, on/off, 1/0)')
  return result
}

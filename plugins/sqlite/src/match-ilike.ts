/** `value ILIKE pattern` for patterns with letters beyond ASCII, which SQLite's own LIKE tells apart by case. */
export const matchIlike = (value: unknown, pattern: unknown): number | null => {
  if (value === null || typeof pattern !== 'string') return null
  return expressionOf(pattern).test(value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value))
    ? 1
    : 0
}

// A statement calls this for every row with one pattern.
let lastPattern: string | undefined
let lastExpression = /^$/

const expressionOf = (pattern: string): RegExp => {
  if (pattern !== lastPattern) {
    lastExpression = new RegExp(
      `^${pattern.replace(special, (character) => replacements[character] ?? `\\${character}`)}$`,
      'isu',
    )
    lastPattern = pattern
  }
  return lastExpression
}

const special = /[%_\\^$.*+?()[\]{}|/]/g
const replacements: Readonly<Record<string, string>> = { '%': '.*', _: '.' }

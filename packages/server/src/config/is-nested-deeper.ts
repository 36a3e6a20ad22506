import type { CST } from 'yaml'

/**
 * Whether collections stand in each other more than `max` levels deep. Looks without recursion: V8 ends the process when it
 * runs out of stack at a bad moment (while it compiles a regular expression), so there must be nothing to catch.
 */
export const isNestedDeeper = (tokens: readonly CST.Token[], max: number): boolean => {
  const pending: Level[] = tokens.map((token) => ({ token, depth: 0 }))
  for (let level = pending.pop(); level !== undefined; level = pending.pop()) {
    const { token, depth } = level
    if (depth > max) return true
    if (token == null) continue
    if (token.type === 'document') pending.push({ token: token.value, depth })
    if (!('items' in token)) continue
    for (const { key, value } of token.items)
      pending.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 })
  }
  return false
}

/** Whether a line opens so many levels (`- - - - x`) that even the parser would run out of stack when they end. */
export const hasDeepLine = (text: string, max: number): boolean =>
  new RegExp(`^[ \\t]*(?:[-?:][ \\t]+){${max + 1}}`, 'm').test(text)

interface Level {
  readonly token: CST.Token | null | undefined
  readonly depth: number
}

import { PluginError } from '@easyrest/protocol'

/** What a client's statement consists of, as far as it matters. */
export interface ReadOnlyStatement {
  /** Without what ends it. */
  readonly text: string
  /** Words and quoted names, in lower case. */
  readonly words: readonly string[]
}

/**
 * The one statement in a text. Throws `bad_value` or `permission` for anything that is not one SELECT, VALUES, TABLE or
 * WITH, or that puts its answer elsewhere. It is the first of the locks of a query; that it runs in a transaction which
 * can only read, by an account that may no more, does not depend on it.
 */
export const readOnlyStatement = (text: string): ReadOnlyStatement => {
  checkText(text)
  const tokens = tokensOf(text)
  const end = tokens.find(({ token }) => token === ';')?.index ?? text.length
  if (tokens.some(({ token, index }) => index > end && token !== ';')) {
    throw new PluginError('bad_value', 'expected one statement; text follows the semicolon')
  }
  const words = tokens.filter(({ token }) => /^[\w`]/.test(token)).map(({ token }) => wordOf(token))
  checkKind(tokens, words)
  return { text: text.slice(0, end), words }
}

interface Token {
  readonly token: string
  readonly index: number
}

const checkText = (text: string): void => {
  if (text.length > longest) {
    throw new PluginError('too_large', `expected a statement of at most ${longest} characters, got ${text.length}`)
  }
  if (!/\0|\p{Surrogate}/u.test(text)) return
  throw new PluginError('bad_value', 'the statement holds U+0000 or half of a surrogate pair')
}

const checkKind = (tokens: readonly Token[], words: readonly string[]): void => {
  const first = tokens.find(({ token }) => token !== '(')?.token.toLowerCase()
  if (first === undefined) throw new PluginError('bad_value', 'expected a statement that begins with SELECT')
  if (!['select', 'values', 'table', 'with'].includes(first))
    throw new PluginError('permission', 'a query may only read: expected SELECT, VALUES, TABLE or WITH')
  if (tokens.some(({ token }) => token.toLowerCase() === 'into') && words.includes('into'))
    throw new PluginError('permission', 'a query may only read: INTO puts its answer elsewhere')
}

/** Everything but blanks, comments and what is in strings. Throws for what the server could read otherwise. */
const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  for (const { 0: token, index } of text.matchAll(pattern)) {
    if (/^\/\*M?!/i.test(token))
      throw new PluginError('permission', 'a query may hold no comment that is executed (/*! ... */)')
    if (/^(--|#|\/\*)/.test(token) && (!token.startsWith('/*') || token.endsWith('*/'))) continue
    if (isOpen(token))
      throw new PluginError('bad_value', 'a string, a name or a comment of the statement is not closed')
    if (token === '?')
      throw new PluginError('bad_value', 'a query has no parameters; write the value in the place of ?')
    tokens.push({ token, index })
  }
  return tokens
}

// A dash comment needs a blank of ASCII behind it, else it is two minus signs.
const pattern =
  /'(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|--(?=[\x00-\x20]|$)[^\n]*|#[^\n]*|\/\*.*?(?:\*\/|$)|[\w$\x80-\uffff]+|[^\s]/gs

const isOpen = (token: string): boolean => token.startsWith('/*') || (/^['"`]/.test(token) && !closed.test(token))

const closed = /^(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`)$/s

const wordOf = (token: string): string =>
  (token.startsWith('`') ? token.slice(1, -1).replaceAll('``', '`') : token).toLowerCase()

const longest = 1_000_000

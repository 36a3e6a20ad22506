import { PluginError } from '@easyrest/protocol'

/**
 * The one statement in a text, without what ends it. Throws `bad_value` or `permission` for anything that is not one
 * SELECT, VALUES or WITH. It is the first of the three locks of a query; the others do not depend on it.
 */
export const singleStatement = (text: string): string => {
  checkText(text)
  const end = endOf(text)
  if (!/^[\s;]*$/.test(text.slice(end).replace(comments, ''))) {
    throw new PluginError('bad_value', 'expected one statement; text follows the semicolon')
  }
  const statement = text.slice(0, end)
  checkKind(statement)
  return statement
}

const checkText = (text: string): void => {
  if (text.length > longest) {
    throw new PluginError('too_large', `expected a statement of at most ${longest} characters, got ${text.length}`)
  }
  // SQLite's statement would end at the one, and the driver would replace the other.
  if (!/\0|\p{Surrogate}/u.test(text)) return
  throw new PluginError('bad_value', 'the statement holds U+0000 or half of a surrogate pair')
}

const checkKind = (statement: string): void => {
  const word = /^[a-z]+/i.exec(statement.replace(comments, '').trimStart())?.[0].toLowerCase()
  if (word === 'select' || word === 'values' || word === 'with') return
  if (word === undefined) throw new PluginError('bad_value', 'expected a statement that begins with SELECT')
  throw new PluginError('permission', 'a query may only read: expected SELECT, VALUES or WITH')
}

/** Where the first semicolon stands that is in no string, name or comment; without one the end of the text. */
const endOf = (text: string): number => {
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === ';') return index
    // SQLite would take NULL for its value.
    if (parameterMarks.includes(token))
      throw new PluginError('bad_value', `a query has no parameters; write the value in the place of ${token}`)
  }
  return text.length
}

const parameterMarks = ['?', ':', '@', '$']

// A doubled quote within a string reads as the end of one and the begin of the next, which ends at the same place. What
// is not closed goes to the end of the text, as it does for SQLite.
const tokens =
  /'[^']*(?:'|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*|\/\*.*?(?:\*\/|$)|[a-z_\x80-\uffff][\w$\x80-\uffff]*|[;?:@$]/gis

const comments = /--[^\n]*|\/\*.*?(?:\*\/|$)/gs

const longest = 1_000_000

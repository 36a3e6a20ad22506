// Pieces of JSON texts as they were written: of what is one character for each byte (latin1) and known to be JSON.

/** The first value of a text without the blanks before it, whatever stands behind; undefined: there is none. */
export const firstValue = (text: string): string | undefined => {
  let depth = 0
  for (const match of text.matchAll(jsonToken)) {
    if (opens.has(match[0])) depth++
    else if (closes.has(match[0])) depth--
    if (depth <= 0) return fromFirstToken(text.slice(0, match.index + match[0].length))
  }
  return undefined
}

/** A text without the blanks in front of it. */
export const fromFirstToken = (text: string): string => text.replace(leadingBlanks, '')

/** The elements of an array. */
export const elementsOf = (array: string): string[] => {
  const elements: string[] = []
  for (const { piece } of piecesOf(array)) elements.push(piece)
  return elements
}

/** The members of an object in the order they were written; names as they mean. */
export const membersOf = (object: string): [name: string, value: string][] => {
  const members: [string, string][] = []
  let name = ''
  for (const { piece, isName } of piecesOf(object)) {
    if (isName) name = textOf(piece)
    else members.push([name, piece])
  }
  return members
}

/** What a JSON value means, when it is not kept as it was written. */
export const meaningOf = (piece: string): unknown => JSON.parse(Buffer.from(piece, 'latin1').toString('utf8'))

const textOf = (piece: string): string => meaningOf(piece) as string

/** What stands between the outermost brackets, cut at its commas and colons. */
function* piecesOf(text: string): Generator<{ readonly piece: string; readonly isName: boolean }> {
  let [depth, start, end] = [0, -1, -1]
  for (const { 0: token, index } of text.matchAll(jsonToken)) {
    const isEnd = depth === 1 && (token === ',' || token === ':' || closes.has(token))
    if (isEnd && start >= 0) {
      yield { piece: text.slice(start, end), isName: token === ':' }
      start = -1
    }
    if (closes.has(token)) depth--
    if (depth >= 1 && !isEnd) {
      if (start < 0) start = index
      end = index + token.length
    }
    if (opens.has(token)) depth++
  }
}

/** Tokens of a text that is JSON. */
export const jsonToken = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g

// Of JSON, which are fewer than those of \s.
const leadingBlanks = /^[ \t\r\n]+/

const opens: ReadonlySet<string> = new Set(['{', '['])
const closes: ReadonlySet<string> = new Set(['}', ']'])

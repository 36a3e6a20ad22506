import { ApiError } from '../errors.js'

/**
 * Splits a list at its commas. Double quotes protect commas and blanks, a backslash inside them protects the next
 * character; a quote inside an unquoted element is an ordinary character, as existing clients send it. Elements are
 * trimmed; empty ones that were not quoted are dropped. Throws ApiError bad_parameter for a quote that never ends.
 */
export const splitList = (text: string): string[] => {
  const elements: string[] = []
  let position = 0
  while (position <= text.length) {
    const [element, end, quoted] = readElement(text, position)
    if (quoted || element !== '') elements.push(element)
    position = end + 1
  }
  return elements
}

const readElement = (text: string, start: number): [element: string, end: number, quoted: boolean] => {
  let position = start
  while (text[position] === ' ') position++
  if (text[position] !== '"') {
    const comma = text.indexOf(',', position)
    const end = comma < 0 ? text.length : comma
    return [text.slice(position, end).trim(), end, false]
  }
  const [element, behind] = readQuoted(text, position)
  position = behind
  while (text[position] === ' ') position++
  if (position < text.length && text[position] !== ',') throw unfinished(text, 'a comma behind a quoted element')
  return [element, position, true]
}

/** The text between the quotes that begin at `start`, and the position behind them. */
export const readQuoted = (text: string, start: number): [content: string, end: number] => {
  let content = ''
  for (let position = start + 1; position < text.length; position++) {
    const character = text[position]!
    if (character === '"') return [content, position + 1]
    if (character === '\\' && position + 1 < text.length) content += text[++position]
    else content += character
  }
  throw unfinished(text, 'a closing quote')
}

const unfinished = (text: string, expected: string): ApiError =>
  new ApiError('bad_parameter', { detail: `Expected ${expected} in the list ${JSON.stringify(text.slice(0, 80))}` })

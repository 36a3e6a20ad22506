import { isJson } from './is-json.js'
import { jsonToken } from './json-pieces.js'

/**
 * JSON as Kopano prints it: two blanks for each level, the first at `indent`; `<`, `>`, `&` and the line separators of
 * JavaScript escaped; every token as it was written. Bytes in and out are one character each (latin1), so that what is
 * not UTF-8 inside a string passes. undefined: it is no JSON, or nested deeper than 100 levels, which would make of
 * 16 KiB more than 100 MB.
 */
export const indentJson = (text: string, indent: string): string | undefined => {
  if (!isJson(text)) return undefined
  const tokens = text.match(jsonToken)!
  let [out, line] = ['', `\n${indent}`]
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    if (token === '{' || token === '[') {
      out += token
      if (next === '}' || next === ']') continue
      if (line.length > indent.length + 2 * maxDepth) return undefined
      line += '  '
      out += line
    } else if (token === '}' || token === ']') {
      const isEmpty = tokens[index - 1] === '{' || tokens[index - 1] === '['
      if (!isEmpty) {
        line = line.slice(0, -2)
        out += line
      }
      out += token
    } else if (token === ',') out += token + line
    else if (token === ':') out += ': '
    else out += token.charCodeAt(0) === quote ? escapeForHtml(token) : token
  }
  return out
}

/** Text that stands in a JSON string, escaped as Kopano does. */
export const escapeForHtml = (latin1: string): string =>
  htmlSensitive.test(latin1) ? latin1.replace(htmlSensitives, (found) => escapes.get(found)!) : latin1

const htmlSensitive = /[<>&\u00e2]/
const htmlSensitives = /[<>&]|\u00e2\u0080[\u00a8\u00a9]/g
const escapes = new Map([
  ['<', '\\u003c'],
  ['>', '\\u003e'],
  ['&', '\\u0026'],
  ['\u00e2\u0080\u00a8', '\\u2028'],
  ['\u00e2\u0080\u00a9', '\\u2029'],
])
const maxDepth = 100
const quote = 0x22

import { TokenError } from './token-error.js'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What the rewriting of valid JSON has to see: a member name, another string, braces, a number. */
const jsonToken = /("(?:[^"\\]|\\.)*(?:"|\\?$))(\s*:)?|[{}]|-?\d+(?:[.eE][\d.eE+-]*)?/gs

/**
 * Header or payload of a token as a plain object. Stricter than JSON.parse: valid UTF-8 only, no member twice (two
 * readers could pick different ones), and integers beyond 2^53 become strings of their digits, so that user
 * 9007199254740993 is never taken for user 9007199254740992.
 */
export function parseTokenPart(bytes: Uint8Array, part: 'header' | 'payload'): Record<string, unknown> {
  const text = decode(bytes, part)
  const parsed = parse(text, part)
  const exact = keepDigits(text, part)
  const value = exact === text ? parsed : parse(exact, part)
  if (!isObject(value)) throw new TokenError(`expected a JSON object as ${part}, received ${kindOf(value)}`)
  return value
}

function decode(bytes: Uint8Array, part: string): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new TokenError(`expected UTF-8 in the ${part}, received other bytes`)
  }
}

function parse(text: string, part: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Without the cause: JSON.parse quotes its input, and the input is part of a token.
    throw new TokenError(`expected JSON in the ${part}, received something else`)
  }
}

function keepDigits(text: string, part: string): string {
  const open: Set<string>[] = []
  return text.replace(jsonToken, (token: string, string?: string, colon?: string) => {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (string !== undefined) {
      if (colon !== undefined) addName(open.at(-1), JSON.parse(string), part)
    } else if (isUnsafeInteger(token)) return `"${token}"`
    return token
  })
}

function addName(names: Set<string> | undefined, name: string, part: string): void {
  if (names?.has(name)) throw new TokenError(`expected every member of the ${part} once, received one twice`)
  names?.add(name)
}

function isUnsafeInteger(token: string): boolean {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

/**
 * Lower-case name -> values joined by one space, as the original hands them to plugins. Left out: credentials, and
 * the conditions on entity tags, which are the server's to judge and must not change the rows they are about.
 */
export const contextHeaders = (
  request: IncomingMessage,
  allowed: readonly string[] | undefined,
): Record<string, string> => {
  const headers: Record<string, string> = Object.create(null)
  const raw = request.rawHeaders
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase()
    if (allowed === undefined ? withheldHeaders.has(name) : !allowed.includes(name)) continue
    const before = headers[name]
    const value = textOf(raw[index + 1]!)
    headers[name] = before === undefined ? value : `${before} ${value}`
  }
  return headers
}

/** Node hands on the bytes of a value as so many characters. Clients that send others than ASCII send UTF-8. */
const textOf = (value: string): string => {
  if (!beyondAscii.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

const beyondAscii = /[\x80-\xff]/

/** A header that is sent more than once as one text. */
export const headerText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value

const withheldHeaders = new Set([
  ...['authorization', 'cookie', 'proxy-authorization', 'host', 'x-api-key'],
  ...['if-match', 'if-none-match'],
])

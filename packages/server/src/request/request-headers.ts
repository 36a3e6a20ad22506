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
    headers[name] = before === undefined ? raw[index + 1]! : `${before} ${raw[index + 1]}`
  }
  return headers
}

/** A header that is sent more than once as one text. */
export const headerText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value

const withheldHeaders = new Set([
  ...['authorization', 'cookie', 'proxy-authorization', 'host', 'x-api-key'],
  ...['if-match', 'if-none-match'],
])

import type { IncomingMessage } from 'node:http'

/** Lower-case name -> values joined by one space, as the original hands them to plugins; credentials are left out. */
export const contextHeaders = (
  request: IncomingMessage,
  allowed: readonly string[] | undefined,
): Record<string, string> => {
  const headers: Record<string, string> = Object.create(null)
  const raw = request.rawHeaders
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase()
    if (allowed === undefined ? credentialHeaders.has(name) : !allowed.includes(name)) continue
    const before = headers[name]
    headers[name] = before === undefined ? raw[index + 1]! : `${before} ${raw[index + 1]}`
  }
  return headers
}

const credentialHeaders = new Set(['authorization', 'cookie', 'proxy-authorization', 'host', 'x-api-key'])

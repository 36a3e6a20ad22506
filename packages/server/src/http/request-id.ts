import { randomBytes } from 'node:crypto'

/** Unique among the requests of all servers that share a log. */
export const nextRequestId = (): string => `${prefix}-${(++counter).toString(36)}`

const prefix = randomBytes(6).toString('base64url')
let counter = 0

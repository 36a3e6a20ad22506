import { createHmac } from 'node:crypto'

/** The HMAC secret of every test server. */
export const testSecret = 'a-secret-of-the-tests-that-is-long-enough'

export type Claims = Readonly<Record<string, unknown>>

export interface TokenOptions {
  readonly secret?: string
  readonly algorithm?: 'HS256' | 'none'
}

/** Signs claims; `exp` is an hour from now unless they name it (undefined: no exp at all). */
export function signToken(claims: Claims, { secret = testSecret, algorithm = 'HS256' }: TokenOptions = {}): string {
  const content = [
    { alg: algorithm, typ: 'JWT' },
    { exp: secondsFromNow(3600), ...claims },
  ]
    .map(encode)
    .join('.')
  const signature = algorithm === 'none' ? '' : createHmac('sha256', secret).update(content).digest('base64url')
  return `${content}.${signature}`
}

export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

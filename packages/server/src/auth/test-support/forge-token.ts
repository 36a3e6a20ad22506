import { constants, createHmac, type KeyLike, sign } from 'node:crypto'

export interface Forgery {
  /** Values are encoded as JSON, strings and bytes are taken as they are. */
  readonly header?: unknown
  readonly payload?: unknown
  /** The algorithm that signs; the header may claim another. */
  readonly alg?: string
  readonly key?: KeyLike
}

/** Any token a stranger could write, right or wrong: nothing is checked, no library is involved. */
export function forgeToken(forgery: Forgery): string {
  const alg = forgery.alg ?? 'HS256'
  const header = encode(forgery.header ?? { alg, typ: 'JWT' })
  const input = `${header}.${encode(forgery.payload ?? {})}`
  return `${input}.${forgery.key === undefined ? '' : signatureOf(input, alg, forgery.key).toString('base64url')}`
}

function encode(part: unknown): string {
  const bytes = typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part)
  return Buffer.from(bytes as string).toString('base64url')
}

function signatureOf(input: string, alg: string, key: KeyLike): Buffer {
  if (alg.startsWith('Ed')) return sign(null, Buffer.from(input), key as never)
  const hash = `sha${alg.slice(2)}`
  if (alg.startsWith('HS')) return createHmac(hash, key).update(input).digest()
  const data = Buffer.from(input)
  if (alg.startsWith('RS')) return sign(hash, data, key as never)
  if (alg.startsWith('PS')) {
    const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    return sign(hash, data, { key, ...options } as never)
  }
  return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' } as never)
}

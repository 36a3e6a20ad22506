import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { Algorithm } from 'jsonwebtoken'

/** EdDSA and Ed25519 are two names of one algorithm (RFC 8037, RFC 9864). */
export type SignatureAlgorithm = Exclude<Algorithm, 'none'> | 'EdDSA' | 'Ed25519'

/** A key that signatures are verified with. Its type alone decides which algorithms it serves. */
export interface VerificationKey {
  readonly kid?: string | undefined
  readonly keyObject: KeyObject
  readonly algorithms: readonly SignatureAlgorithm[]
}

export type VerificationKeys = readonly VerificationKey[]

const minSecretBytes = 32
const minRsaBits = 2048

const secretAlgorithms: readonly SignatureAlgorithm[] = ['HS256', 'HS384', 'HS512']
const rsaAlgorithms: readonly SignatureAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const edwardsAlgorithms: readonly SignatureAlgorithm[] = ['EdDSA', 'Ed25519']
/** OpenSSL's names of the curves. */
const curveAlgorithms: Readonly<Record<string, readonly SignatureAlgorithm[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
}

/** @param where what the errors name. Throws Error for a secret that is too short. */
export function secretKey(bytes: Buffer, where: string): VerificationKey {
  if (bytes.length < minSecretBytes) {
    throw new Error(
      `${where}: expected a secret of at least ${minSecretBytes} bytes, received ${bytes.length}. ` +
        'Make one with: openssl rand -base64 48',
    )
  }
  return { keyObject: createSecretKey(bytes), algorithms: secretAlgorithms }
}

/**
 * From PEM text (public key, certificate, private key) or a JWK. Of a private key the public half is taken: the
 * operator of a small installation has only that one file, and the rest of the server never sees the private half.
 * Throws Error.
 */
export function publicKey(source: string | JsonWebKey, where: string): VerificationKey {
  const keyObject = createPublic(source, where)
  return { keyObject, algorithms: algorithmsOf(keyObject, where) }
}

function createPublic(source: string | JsonWebKey, where: string): KeyObject {
  try {
    return typeof source === 'string' ? createPublicKey(source) : createPublicKey({ key: source, format: 'jwk' })
  } catch (error) {
    throw new Error(
      `${where}: expected an unencrypted RSA, EC or Ed25519 key (public key, certificate, private key or JWK), ` +
        'received something that cannot be read as one',
      { cause: error },
    )
  }
}

function algorithmsOf(key: KeyObject, where: string): readonly SignatureAlgorithm[] {
  if (key.asymmetricKeyType === 'rsa') return rsaAlgorithmsOf(key, where)
  if (key.asymmetricKeyType === 'ed25519') return edwardsAlgorithms
  const curve = key.asymmetricKeyDetails?.namedCurve
  const algorithms = key.asymmetricKeyType === 'ec' && curve !== undefined ? curveAlgorithms[curve] : undefined
  if (algorithms === undefined) {
    throw new Error(
      `${where}: expected an RSA key, an EC key on P-256, P-384 or P-521, or an Ed25519 key, ` +
        `received ${key.asymmetricKeyType}${curve === undefined ? '' : ` on ${curve}`}`,
    )
  }
  return algorithms
}

function rsaAlgorithmsOf(key: KeyObject, where: string): readonly SignatureAlgorithm[] {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits >= minRsaBits) return rsaAlgorithms
  throw new Error(`${where}: expected an RSA key of at least ${minRsaBits} bits, received ${bits}`)
}

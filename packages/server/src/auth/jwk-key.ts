import type { JsonWebKey } from 'node:crypto'
import { publicKey, type SignatureAlgorithm, secretKey, type VerificationKey } from './verification-key.js'

/** Undefined for a JWK that is not meant for signatures. @param where what the errors name. Throws Error. */
export function jwkKey(jwk: unknown, where: string): VerificationKey | undefined {
  if (!isJwk(jwk)) throw new Error(`${where}: expected a JWK object with "kty" (RSA, EC, OKP or oct), received none`)
  if (!isForSignatures(jwk)) return undefined
  const key = jwk.kty === 'oct' ? secretJwk(jwk, where) : publicKey(jwk, where)
  return { ...key, kid: kidOf(jwk, where), algorithms: narrow(key.algorithms, jwk, where) }
}

function isJwk(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string'
}

function isForSignatures(jwk: JsonWebKey): boolean {
  if (jwk.use !== undefined) return jwk.use === 'sig'
  const operations = jwk.key_ops
  return !Array.isArray(operations) || operations.includes('verify') || operations.includes('sign')
}

function secretJwk(jwk: JsonWebKey, where: string): VerificationKey {
  if (typeof jwk.k !== 'string') throw new Error(`${where}: expected the secret in "k", received none`)
  return secretKey(Buffer.from(jwk.k, 'base64url'), where)
}

function kidOf(jwk: JsonWebKey, where: string): string | undefined {
  if (jwk.kid === undefined || typeof jwk.kid === 'string') return jwk.kid
  throw new Error(`${where}: expected a string as "kid", received a ${typeof jwk.kid}`)
}

/** A JWK may say which algorithm it is for; it can take algorithms away from its key type, never add one. */
function narrow(
  algorithms: readonly SignatureAlgorithm[],
  jwk: JsonWebKey,
  where: string,
): readonly SignatureAlgorithm[] {
  if (jwk.alg === undefined) return algorithms
  const narrowed = algorithms.filter((algorithm) => algorithm === jwk.alg)
  if (narrowed.length > 0) return narrowed
  throw new Error(
    `${where}: expected "alg" to be one of ${algorithms.join(', ')}, which its key type allows, ` +
      `received ${JSON.stringify(jwk.alg)}`,
  )
}

import { jwkKey } from './jwk-key.js'
import type { VerificationKey, VerificationKeys } from './verification-key.js'

/** A token without `kid` is tried with every key, so their number is a cost that strangers can cause. */
const maxKeys = 50

/**
 * The signature keys of a JWK set that an issuer publishes. What is of no use here (other key types, other uses, weak
 * keys) is passed over, as RFC 7517 section 5 asks; a secret is passed over too, because what is published is none.
 * Throws Error when nothing is left.
 */
export function publishedKeys(text: string): VerificationKeys {
  const entries = entriesOf(text)
  if (entries.length > maxKeys) throw new Error(`expected at most ${maxKeys} keys, received ${entries.length}`)
  const keys = entries.flatMap((jwk) => usableKey(jwk) ?? [])
  if (keys.length > 0) return keys
  throw new Error(
    `expected a public signature key (RSA of 2048 bits, EC or Ed25519), received ${entries.length} other keys`,
  )
}

function entriesOf(text: string): readonly unknown[] {
  const set = parse(text)
  if (typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys)) return set.keys
  throw new Error('expected a JWK set, an object with an array "keys", received other JSON')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('expected a JWK set, received text that is not JSON')
  }
}

function usableKey(jwk: unknown): VerificationKey | undefined {
  try {
    const key = jwkKey(jwk, 'key')
    return key?.keyObject.type === 'public' ? key : undefined
  } catch {
    return undefined
  }
}

import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Algorithm } from 'jsonwebtoken'

/** A key that signatures are verified with. Its type alone decides which algorithms it serves. */
export interface VerificationKey {
  readonly kid?: string | undefined
  readonly keyObject: KeyObject
  readonly algorithms: readonly Algorithm[]
}

export type VerificationKeys = readonly VerificationKey[]

export interface KeyFileSettings {
  /** The `kid` of the tokens this key verifies; a JWK may carry its own. */
  readonly kid?: string | undefined
  readonly file: string
  /** What was in it; undefined: to be read. */
  readonly text?: string | undefined
}

export interface VerificationKeySettings {
  readonly jwtSecret?: string | undefined
  readonly keyFiles: readonly KeyFileSettings[]
}

const minSecretBytes = 32
const minRsaBits = 2048

const secretAlgorithms: readonly Algorithm[] = ['HS256', 'HS384', 'HS512']
const rsaAlgorithms: readonly Algorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
/** OpenSSL's names of the curves. */
const curveAlgorithms: Readonly<Record<string, readonly Algorithm[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
}

/**
 * Reads every configured key once, into key objects: verifying with one costs a fortieth of verifying with a string,
 * and a typed key cannot be taken for a secret. Without any key the list is empty and every token is refused.
 */
export function loadVerificationKeys(settings: VerificationKeySettings): VerificationKeys {
  const secret = settings.jwtSecret === undefined ? [] : [secretKey(settings.jwtSecret)]
  return [...secret, ...settings.keyFiles.flatMap(keysOfFile)]
}

function secretKey(secret: string): VerificationKey {
  if (looksLikeKey(secret)) {
    throw new Error(
      'jwt_secret: expected a random secret, received the text of a PEM or JWK key. ' +
        'A public key is no secret: name its file under keys',
    )
  }
  return { keyObject: secretKeyObject(Buffer.from(secret), 'jwt_secret'), algorithms: secretAlgorithms }
}

/** A damaged PEM counts too: as a secret it would be one that other people know. */
function looksLikeKey(secret: string): boolean {
  return /-{2,}\s*(BEGIN|END)\b|"kty"|^\s*(ssh-|ecdsa-)/i.test(secret)
}

function secretKeyObject(bytes: Buffer, where: string): KeyObject {
  if (bytes.length < minSecretBytes) {
    throw new Error(
      `${where}: expected a secret of at least ${minSecretBytes} bytes, received ${bytes.length}. ` +
        'Make one with: openssl rand -base64 48',
    )
  }
  return createSecretKey(bytes)
}

function keysOfFile(settings: KeyFileSettings): VerificationKey[] {
  const text = (settings.text ?? readKeyFile(settings.file)).trim()
  const keys = text.startsWith('{') ? keysOfJson(text, settings.file) : [pemKey(text, settings.file)]
  if (settings.kid === undefined) return keys
  if (keys.length > 1) {
    throw new Error(
      `${settings.file}: expected one key for the kid ${JSON.stringify(settings.kid)}, received a set of ` +
        `${keys.length}. Leave out kid: the keys of a set carry their own`,
    )
  }
  return keys.map((key) => ({ ...key, kid: settings.kid }))
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'an unknown error'
    throw new Error(`${file}: expected a readable key file, received ${reason}`, { cause: error })
  }
}

function pemKey(text: string, file: string): VerificationKey {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map((match) => match[1] ?? '')
  // `openssl ecparam -genkey` writes the parameters in front of the key.
  const keys = blocks.filter((block) => block !== 'EC PARAMETERS')
  if (keys.length !== 1) {
    throw new Error(
      `${file}: expected one key in PEM form, a JWK or a JWK set, received ${keys.length} PEM blocks. ` +
        'Put each key in its own file; of a certificate chain keep the first certificate',
    )
  }
  return publicKey(text, file)
}

function keysOfJson(text: string, file: string): VerificationKey[] {
  const json = parseJson(text, file)
  if (!('keys' in json)) return [requireUsable(jwkKey(json, file), file)]
  if (!Array.isArray(json.keys)) throw new Error(`${file}: expected an array of keys under "keys"`)
  // A set may hold encryption keys beside the signing keys; they are of no use here and no mistake either.
  const keys = json.keys.map((jwk, index) => jwkKey(jwk, `${file}, key ${index + 1}`))
  const usable = keys.filter((key) => key !== undefined)
  if (usable.length === 0) throw new Error(`${file}: expected a set with at least one signature key, received none`)
  return usable
}

function parseJson(text: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${file}: expected a JWK or a JWK set, received text that is not JSON`)
  }
}

function requireUsable(key: VerificationKey | undefined, file: string): VerificationKey {
  if (key === undefined) {
    throw new Error(
      `${file}: expected a key for signatures, received one for another use. See its "use", "key_ops" and "alg"`,
    )
  }
  return key
}

/** Undefined for a key that is not meant for signatures. */
function jwkKey(jwk: unknown, where: string): VerificationKey | undefined {
  if (!isJwk(jwk)) throw new Error(`${where}: expected a JWK object with "kty" (RSA, EC or oct), received none`)
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
  return { keyObject: secretKeyObject(Buffer.from(jwk.k, 'base64url'), where), algorithms: secretAlgorithms }
}

/**
 * From PEM text (public key, certificate, private key) or a JWK. Of a private key the public half is taken: the
 * operator of a small installation has only that one file, and the rest of the server never sees the private half.
 */
function publicKey(source: string | JsonWebKey, where: string): VerificationKey {
  const keyObject = createPublic(source, where)
  return { keyObject, algorithms: algorithmsOf(keyObject, where) }
}

function createPublic(source: string | JsonWebKey, where: string): KeyObject {
  try {
    return typeof source === 'string' ? createPublicKey(source) : createPublicKey({ key: source, format: 'jwk' })
  } catch (error) {
    throw new Error(
      `${where}: expected an unencrypted RSA or EC key (public key, certificate, private key or JWK), ` +
        'received something that cannot be read as one',
      { cause: error },
    )
  }
}

function algorithmsOf(key: KeyObject, where: string): readonly Algorithm[] {
  if (key.asymmetricKeyType === 'rsa') return rsaAlgorithmsOf(key, where)
  const curve = key.asymmetricKeyDetails?.namedCurve
  const algorithms = key.asymmetricKeyType === 'ec' && curve !== undefined ? curveAlgorithms[curve] : undefined
  if (algorithms === undefined) {
    throw new Error(
      `${where}: expected an RSA key or an EC key on P-256, P-384 or P-521, ` +
        `received ${key.asymmetricKeyType}${curve === undefined ? '' : ` on ${curve}`}`,
    )
  }
  return algorithms
}

function rsaAlgorithmsOf(key: KeyObject, where: string): readonly Algorithm[] {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits >= minRsaBits) return rsaAlgorithms
  throw new Error(`${where}: expected an RSA key of at least ${minRsaBits} bits, received ${bits}`)
}

function kidOf(jwk: JsonWebKey, where: string): string | undefined {
  if (jwk.kid === undefined || typeof jwk.kid === 'string') return jwk.kid
  throw new Error(`${where}: expected a string as "kid", received a ${typeof jwk.kid}`)
}

/** A JWK may say which algorithm it is for; it can take algorithms away from its key type, never add one. */
function narrow(algorithms: readonly Algorithm[], jwk: JsonWebKey, where: string): readonly Algorithm[] {
  if (jwk.alg === undefined) return algorithms
  const narrowed = algorithms.filter((algorithm) => algorithm === jwk.alg)
  if (narrowed.length > 0) return narrowed
  throw new Error(
    `${where}: expected "alg" to be one of ${algorithms.join(', ')}, which its key type allows, ` +
      `received ${JSON.stringify(jwk.alg)}`,
  )
}

import { readFileSync } from 'node:fs'
import { jwkKey } from './jwk-key.js'
import { publicKey, secretKey, type VerificationKey, type VerificationKeys } from './verification-key.js'

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

/**
 * Reads every configured key once, into key objects: verifying with one costs a fortieth of verifying with a string,
 * and a typed key cannot be taken for a secret. Without any key the list is empty and every token is refused.
 */
export function loadVerificationKeys(settings: VerificationKeySettings): VerificationKeys {
  const secret = settings.jwtSecret === undefined ? [] : [secretOf(settings.jwtSecret)]
  return [...secret, ...settings.keyFiles.flatMap(keysOfFile)]
}

function secretOf(secret: string): VerificationKey {
  if (looksLikeKey(secret)) {
    throw new Error(
      'jwt_secret: expected a random secret, received the text of a PEM or JWK key. ' +
        'A public key is no secret: name its file under keys',
    )
  }
  return secretKey(Buffer.from(secret), 'jwt_secret')
}

/** A damaged PEM counts too: as a secret it would be one that other people know. */
function looksLikeKey(secret: string): boolean {
  return /--\s*(BEGIN|END)\b|"kty"|^\s*(ssh-|ecdsa-)/i.test(secret)
}

function keysOfFile(settings: KeyFileSettings): VerificationKeys {
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

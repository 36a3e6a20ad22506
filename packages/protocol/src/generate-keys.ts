import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type RSAKeyPairOptions,
} from 'node:crypto'

/**
 * A new key pair, read back from its own text. As they come from `generateKeyPairSync`, `asymmetricKeyDetails` and
 * `export({ format: 'jwk' })` of key objects wait for themselves forever when the garbage collector runs meanwhile: it
 * takes the generator along, whose destructor wants the lock that they hold (Node 20).
 */
export const generateKeys = (
  type: 'rsa' | 'ec' | 'ed25519' | 'x25519',
  options: { readonly modulusLength?: number; readonly namedCurve?: string } = {},
): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } => {
  // The types know each kind by itself only.
  const { publicKey, privateKey } = generateKeyPairSync(
    type as 'rsa',
    { ...options, ...asText } as RSAKeyPairOptions<'pem', 'pem'>,
  )
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) }
}

const asText = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const

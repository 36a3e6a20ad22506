/**
 * A key as the database holds and compares it: every byte but A-Z a-z 0-9 . _ ~ - and / is percent-encoded. So no case,
 * accent, trailing blank or NUL is left for a collation to overlook, byte order is string order, and a beginning of a key
 * is a beginning of its encoded form.
 */
export type EncodedKey = string

/** @param bytes the key as the client means it */
export const encodeKey = (bytes: Uint8Array): EncodedKey => {
  let encoded = ''
  for (const byte of bytes) encoded += units[byte]
  return encoded
}

/** The form of realm, owner and client: a slash is no part of it. */
export const encodePart = (text: string): string => encodeKey(Buffer.from(text)).replaceAll('/', '%2F')

/** The bytes of the key; only what `encodeKey` has made. */
export const decodeKey = (key: EncodedKey): Buffer => {
  if (!key.includes('%')) return Buffer.from(key, 'latin1')
  return Buffer.from(
    key.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}

/** How many bytes the key has. */
export const keyLength = (key: EncodedKey): number => key.length - 2 * (key.split('%').length - 1)

/** What stands before the first slash; '' where there is none. Kopano calls it the collection. */
export const collectionOf = (key: EncodedKey): string => key.slice(0, Math.max(0, key.indexOf('/')))

const units: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  return /[A-Za-z0-9._~/-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
})

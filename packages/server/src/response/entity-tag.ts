import { createHash, webcrypto } from 'node:crypto'
import { everyFormat, type Format } from './format.js'

/**
 * The strong entity tag of rows, without its quotes: base64url SHA-256 of their JSON bytes cut to 22 characters, which is
 * what the contract's `if_match` compares; then the format unless it is JSON, and the total when one was asked.
 * @param rows as the plugin answered them, whatever the format
 */
export const entityTag = async (rows: Uint8Array, format: Format, total: number | undefined): Promise<string> => {
  const suffix = `${format === 'json' ? '' : `-${format}`}${total === undefined ? '' : `-${total}`}`
  return `${await rowsHash(rows)}${suffix}`
}

/** The part of an entity tag that depends on the rows alone; undefined when the tag cannot be one of ours. */
export const rowsHashOf = (tag: string): string | undefined => tagPattern.exec(tag)?.[1]

const tagPattern = new RegExp(`^([A-Za-z0-9_-]{22})(?:-(?:${everyFormat.join('|')}))?(?:-\\d+)?$`)

const rowsHash = async (rows: Uint8Array): Promise<string> => {
  if (rows.length <= inlineBytes) return createHash('sha256').update(rows).digest('base64url').slice(0, hashCharacters)
  const digest = await webcrypto.subtle.digest('SHA-256', rows as Uint8Array<ArrayBuffer>)
  return Buffer.from(digest).toString('base64url').slice(0, hashCharacters)
}

const hashCharacters = 22

// More than that takes long enough to be worth another thread.
const inlineBytes = 256 * 1024

import { isUtf8 } from 'node:buffer'
import { collectionOf } from '../keys/key.js'
import { keyIn, primaryKey, type Space } from '../keys/space.js'
import type { Document } from './document.js'

/** A document as the table holds it. Every text begins with letters, so that no driver takes it for JSON. */
export interface DocumentRow {
  readonly pk: string
  readonly rev: string
  readonly live_until: number
  /** What stands before the first slash of the key, encoded. */
  readonly collection: string
  /** `j:` and JSON: `ct` content type, `m` metadata. */
  readonly attrs: string
  /** `u:` and the text, or `b:` and base64 of what is no text. */
  readonly value: string
}

export const rowOf = (space: Space, document: Document): DocumentRow => ({
  pk: primaryKey(space, document.key),
  rev: document.revision,
  live_until: document.liveUntil,
  collection: collectionOf(document.key),
  attrs: attributes(document),
  value: storedValue(document.value),
})

export const documentOf = (space: Space, row: DocumentRow): Document => {
  const { ct = '', m } = JSON.parse(row.attrs.slice(2)) as { ct?: string; m?: string }
  return {
    key: keyIn(space, row.pk),
    value: bytesOf(row.value),
    contentType: ct,
    metadata: m,
    revision: row.rev,
    liveUntil: Number(row.live_until),
  }
}

const attributes = ({ contentType, metadata }: Document): string =>
  `j:${JSON.stringify({ ct: contentType, ...(metadata === undefined ? {} : { m: metadata }) })}`

// PostgreSQL has no place for NUL in a text.
const storedValue = (value: Buffer): string =>
  isUtf8(value) && !value.includes(0) ? `u:${value.toString('utf8')}` : `b:${value.toString('base64')}`

const bytesOf = (stored: string): Buffer => Buffer.from(stored.slice(2), stored.startsWith('u:') ? 'utf8' : 'base64')

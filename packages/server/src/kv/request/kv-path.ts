import type { KvConfig, KvRealm } from '../../config/kv-config.js'
import type { EncodedKey } from '../keys/key.js'
import { keyFromPath } from '../keys/key-from-path.js'
import { cleanPath } from './clean-path.js'

/** What a path under /api/kvs names. */
export type KvPath =
  | { readonly kind: 'document'; readonly realm: KvRealm; readonly key: EncodedKey }
  | { readonly kind: 'transaction' }
  | { readonly kind: 'nothing' }
  /** Only in the preset kopano: the path without empty segments and dots. */
  | { readonly kind: 'elsewhere'; readonly path: string }

/** Throws ApiError bad_escape. */
export const parseKvPath = (path: string, { preset, realms }: Pick<KvConfig, 'preset' | 'realms'>): KvPath => {
  const whole = keyFromPath(path)
  // As the router of Kopano does it, before anything else.
  const clean = preset === 'kopano' && mayBeUnclean.test(whole) ? cleanPath(whole) : whole
  if (clean !== whole) return { kind: 'elsewhere', path: clean }
  if (whole === transactions) return { kind: 'transaction' }
  if (!whole.startsWith(documents)) return { kind: 'nothing' }
  const slash = whole.indexOf('/', documents.length)
  const realm = whole.slice(documents.length, slash) as KvRealm
  if (slash < 0 || !realms.has(realm)) return { kind: 'nothing' }
  return { kind: 'document', realm, key: whole.slice(slash + 1) }
}

const documents = '/api/kvs/v1/kv/'
const transactions = '/api/kvs/v1/txn'
const mayBeUnclean = /\/[/.]/

import type { RequestContext } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import type { EncodedKey } from '../keys/key.js'
import { behind, isEmpty, type KeyRange, successor } from '../keys/key-range.js'
import { primaryKey, type Space } from '../keys/space.js'
import { every, isInRange, isLive } from './conditions.js'
import type { KvStore } from './kv-store.js'

export interface FoldedKeys {
  /** Keys, and the beginnings that several share, in key order. */
  readonly names: readonly EncodedKey[]
  /** Where the rest begins; undefined: there is none. */
  readonly next: string | undefined
}

/**
 * Keys as the entries of a folder: what goes on behind the separator is one entry with all that begins so. A group is
 * left at once for what stands behind it, so a few groups of millions of keys take a few calls.
 */
export const foldKeys = async (
  store: KvStore,
  context: RequestContext,
  space: Space,
  { range, limit }: { readonly range: KeyRange; readonly limit: number },
  { prefix, separator }: { readonly prefix: EncodedKey; readonly separator: EncodedKey },
): Promise<FoldedKeys> => {
  const names: EncodedKey[] = []
  let { from } = range
  while (!isEmpty({ from, to: range.to })) {
    const where = every(isInRange({ from, to: range.to }), isLive(Date.now()))
    const rows = await store.table.select(context, where, { columns: pkOnly, order: 'ascending', limit: keysInPage })
    for (const { pk } of rows) {
      if (pk < from) continue
      if (names.length === limit) return { names, next: from }
      const name = nameOf(pk.slice(space.length), prefix, separator)
      const group = primaryKey(space, name)
      names.push(name)
      from = group === pk ? behind(pk) : successor(group)
    }
    if (rows.length < keysInPage) return { names, next: undefined }
  }
  return { names, next: undefined }
}

const nameOf = (key: EncodedKey, prefix: EncodedKey, separator: EncodedKey): EncodedKey => {
  const end = key.indexOf(separator, prefix.length)
  return end < 0 ? key : key.slice(0, end + separator.length)
}

const pkOnly: readonly (keyof DocumentRow)[] = ['pk']
const keysInPage = 1000

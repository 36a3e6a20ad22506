import type { RequestContext } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import { every, isInRange, isLive } from './conditions.js'
import type { KvStore } from './kv-store.js'
import { type PagedRange, pagesOf } from './pages.js'

/** How many live documents a range has: counted by the database where it can. */
export const countDocuments = async (store: KvStore, context: RequestContext, paged: PagedRange): Promise<number> => {
  if (store.opening.features?.count) {
    return store.table.count(context, every(isInRange(paged.range), isLive(Date.now())))
  }
  let count = 0
  for await (const _ of pagesOf(store, context, paged, Number.POSITIVE_INFINITY, pkOnly)) count++
  return count
}

const pkOnly: readonly (keyof DocumentRow)[] = ['pk']

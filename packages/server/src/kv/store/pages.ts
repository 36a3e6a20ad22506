import type { RequestContext } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import { behind, isEmpty, type KeyRange } from '../keys/key-range.js'
import { every, isInCollection, isInRange, isLive } from './conditions.js'
import type { KvStore } from './kv-store.js'

export interface PagedRange {
  readonly range: KeyRange
  readonly topOnly: boolean
  readonly isReverse: boolean
}

/**
 * At most `limit` live rows of a range in key order, as many in one call as one call may answer.
 * @param columns all unless given; `pk` must be among them
 */
export async function* pagesOf(
  store: KvStore,
  context: RequestContext,
  { range, topOnly, isReverse }: PagedRange,
  limit: number,
  columns?: readonly (keyof DocumentRow)[],
): AsyncGenerator<DocumentRow, void> {
  const pageRows = columns === undefined ? store.options.maxRows : keysInPage
  const order = isReverse ? 'descending' : 'ascending'
  let [left, { from, to }] = [limit, range]
  while (left > 0 && !isEmpty({ from, to })) {
    const where = [isInRange({ from, to }), isLive(Date.now()), ...(topOnly ? [isInCollection('')] : [])]
    const wanted = Math.min(left, pageRows)
    const how = { order, limit: wanted, ...(columns === undefined ? {} : { columns }) } as const
    const rows = await store.table.select(context, every(...where), how)
    yield* rows
    if (rows.length < wanted) return
    left -= rows.length
    const { pk } = rows.at(-1)!
    if (isReverse) to = pk
    else from = behind(pk)
  }
}

const keysInPage = 1000

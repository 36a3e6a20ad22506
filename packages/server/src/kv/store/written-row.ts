import { type DocumentRow, rowOf } from '../documents/row.js'
import { collectionOf } from '../keys/key.js'
import type { Step } from './transaction-step.js'

/** What a step writes. A deletion is a row that expired before all others; the next cleanup removes it. */
export const writtenRow = ({ space, pk, key, document }: Step, rev: string): DocumentRow =>
  document === undefined
    ? { pk, rev, live_until: 0, collection: collectionOf(key), attrs: 'j:{}', value: 'u:' }
    : rowOf(space, document)

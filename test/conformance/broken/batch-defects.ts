import type { TableBatchRequest } from '@easyrest/protocol'
import { altered } from './altered.js'
import type { Defect } from './defects.js'

const onBatch =
  (ask: (request: TableBatchRequest) => TableBatchRequest): Defect =>
  (db) =>
    altered(db, { tableBatch: (request, call) => db.tableBatch!(ask(request), call) })

/** Each write in a transaction of its own. */
const oneByOne: Defect = (db) =>
  altered(db, {
    tableBatch: async ({ context, operations }, call) => {
      const results = []
      for (const operation of operations) {
        const answer = await db.tableBatch!({ context, operations: [operation] }, call)
        results.push(...answer.results)
      }
      return { results }
    },
  })

export const batchDefects: Readonly<Record<string, Defect>> = {
  'batch.results': onBatch(({ operations, ...request }) => ({ ...request, operations: operations.toReversed() })),
  'batch.all-or-none': oneByOne,
  'batch.expect-affected': onBatch(({ operations, ...request }) => ({
    ...request,
    operations: operations.map((operation) => ({ ...operation, expectAffected: undefined })),
  })),
  'batch.dry-run': onBatch(({ context, ...request }) => ({
    ...request,
    context: context && { ...context, txEnd: 'commit' },
  })),
}

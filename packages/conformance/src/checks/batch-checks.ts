import { type BatchOperation, dbService, type TableBatchResponse } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { compare, contextWith } from '../requests.js'
import { rowsOf, type Subject, textOf, wholeRequest } from '../subject.js'
import { rowBytes, type SuiteRow, suiteRow } from '../suite-rows.js'

const needs = { role: 'db', capabilities: ['batch'], writes: true } as const

export const batchChecks = group({ id: 'batch', rule: 'table.proto, TableBatchRequest', needs }, [
  {
    id: 'results',
    title: 'a batch is all of its writes in their order, each with its own result',
    run: async (subject) => {
      const rewritten = compare(subject.table.key, 'eq', '101')
      const { results } = await batch(subject, [
        create(subject, [suiteRow(101), suiteRow(102)]),
        change(subject, rewritten, 1),
        remove(subject, compare(subject.table.key, 'lte', '2')),
      ])
      expectEqual('the answered key', textOf(rowsOf(results[0]!.create!)[1]!, subject.table.key), '102')
      const counts = results.map((result) => (result.create ?? result.update ?? result.delete)?.affected)
      expectEqual('affected of each', counts, [2, 1, 2])
      expectEqual('the keys', await subject.keys(), [3, 4, 5, 6, 7, 8, 101, 102])
      expectEqual('the text that the second changed', await subject.value(101, subject.column('text')), '"changed"')
    },
  },
  {
    id: 'all-or-none',
    title: 'a write of a batch that fails undoes those before it',
    run: async (subject) => {
      const operations = [create(subject, [suiteRow(101)]), create(subject, [suiteRow(102), suiteRow(1)])]
      await expectRefusal(batch(subject, operations), 'unique')
      await expectUntouched(subject)
    },
  },
  {
    id: 'expect-affected',
    title: 'another number of rows than expect_affected is precondition, and nothing is kept',
    rule: 'table.proto, BatchOperation.expect_affected',
    run: async (subject) => {
      const missing = compare(subject.table.key, 'eq', '999')
      const operations = [create(subject, [suiteRow(101)]), change(subject, missing, 1)]
      await expectRefusal(batch(subject, operations), 'precondition')
      await expectUntouched(subject)
    },
  },
  {
    id: 'dry-run',
    title: 'a batch that is rolled back answers what would have been, and keeps nothing',
    rule: 'context.proto, TransactionEnd',
    run: async (subject) => {
      const operations = [create(subject, [suiteRow(101)]), remove(subject, compare(subject.table.key, 'lte', '2'))]
      const { results } = await batch(subject, operations, { context: contextWith({ txEnd: 'rollback' }) })
      const affected = [results[0]?.create?.affected, results[1]?.delete?.affected]
      expectEqual('affected of each', affected, [1, 2])
      await expectUntouched(subject)
    },
  },
])

const batch = (subject: Subject, operations: readonly BatchOperation[], request = {}): Promise<TableBatchResponse> =>
  subject.writing(() => subject.call(dbService.TableBatch, { operations, ...request }))

const none = { create: undefined, update: undefined, delete: undefined, expectAffected: undefined }

const create = (subject: Subject, rows: readonly SuiteRow[]): BatchOperation => {
  const { table } = subject.table
  const request = { table, rows: rowBytes(subject.table, rows), rowCount: rows.length }
  return { ...none, create: wholeRequest(dbService.TableCreate, request) }
}

const change = (
  subject: Subject,
  where: ReturnType<typeof compare>,
  expectAffected: number | undefined,
): BatchOperation => {
  const data = Buffer.from(`{"${subject.column('text')}":"changed"}`)
  return {
    ...none,
    update: wholeRequest(dbService.TableUpdate, { table: subject.table.table, where, data }),
    expectAffected,
  }
}

const remove = (subject: Subject, where: ReturnType<typeof compare>): BatchOperation => ({
  ...none,
  delete: wholeRequest(dbService.TableDelete, { table: subject.table.table, where }),
})

const expectUntouched = async (subject: Subject): Promise<void> =>
  expectEqual('the keys', await subject.keys(), [1, 2, 3, 4, 5, 6, 7, 8])

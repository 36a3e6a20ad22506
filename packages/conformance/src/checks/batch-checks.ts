import { type BatchOperation, dbService, type TableCreateRequest } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { compare } from '../requests.js'
import type { Subject } from '../subject.js'
import { rowBytes, suiteRow } from '../suite-rows.js'

const creation = (subject: Subject, key: number): BatchOperation => ({
  create: {
    ...(dbService.TableCreate.requestDeserialize(Buffer.alloc(0)) as TableCreateRequest),
    table: subject.table.table,
    rows: rowBytes(subject.table, [suiteRow(key)]),
    rowCount: 1,
  },
  update: undefined,
  delete: undefined,
  expectAffected: undefined,
})

const deletion = (subject: Subject, key: number, expectAffected?: number): BatchOperation => ({
  create: undefined,
  update: undefined,
  delete: {
    ...dbService.TableDelete.requestDeserialize(Buffer.alloc(0)),
    table: subject.table.table,
    where: compare(subject.table.key, 'eq', String(key)),
  },
  expectAffected,
})

const run = (subject: Subject, ...operations: BatchOperation[]) =>
  subject.writing(() => subject.call(dbService.TableBatch, { operations }))

const needs = { role: 'db', capabilities: ['batch'], writes: true } as const

export const batchChecks = group({ id: 'batch', rule: 'table.proto, TableBatchRequest', needs }, [
  {
    id: 'all',
    title: 'the operations of a batch are carried out in their order',
    run: async (subject) => {
      const { results } = await run(subject, creation(subject, 101), deletion(subject, 101, 1), creation(subject, 102))
      expectEqual(
        'affected',
        results.map((result) => (result.create ?? result.delete)?.affected),
        [1, 1, 1],
      )
      expectEqual('the keys', await subject.keys(compare(subject.table.key, 'gt', '8')), [102])
    },
  },
  {
    id: 'all-or-none',
    title: 'an operation that fails keeps the whole batch from being stored',
    run: async (subject) => {
      await expectRefusal(run(subject, creation(subject, 101), creation(subject, 1)), 'unique')
      await expectRefusal(run(subject, creation(subject, 101), deletion(subject, 99, 1)), 'precondition')
      expectEqual('the keys', await subject.keys(compare(subject.table.key, 'gt', '8')), [])
    },
  },
])

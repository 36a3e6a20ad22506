import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { compare, contextWith } from '../requests.js'
import { rowsOf, type Subject, textOf } from '../subject.js'
import { suiteRow } from '../suite-rows.js'

const needs = { role: 'db', writes: true } as const
const dryRun = contextWith({ txEnd: 'rollback' })
const readOnly = contextWith({ readOnly: true })

const nothingChanged = async (subject: Subject): Promise<void> => {
  const rows = await subject.rows({ select: [] })
  expectEqual('the number of rows', rows.length, 8)
  const texts = [1, 2, 3].map((key) => subject.value(key, subject.column('text')))
  expectEqual('the texts', await Promise.all(texts), ['"apple"', '"Banana"', '"cherry%"'])
}

const write = {
  create: (subject: Subject, request: object) => subject.create([suiteRow(101), suiteRow(102)], request),
  update: (subject: Subject, request: object) =>
    subject.update(`{"${subject.column('text')}":"changed"}`, { where: twenties(subject), ...request }),
  delete: (subject: Subject, request: object) => subject.delete({ where: twenties(subject), ...request }),
}

const twenties = (subject: Subject) => compare(subject.column('integer'), 'eq', '20')

/** Each kind of write with a request that must refuse it. */
const eachRefused =
  (reason: string, request: object) =>
  async (subject: Subject): Promise<void> => {
    for (const attempt of Object.values(write)) {
      await expectRefusal(attempt(subject, request), reason)
      await nothingChanged(subject)
    }
  }

export const transactionChecks = group({ id: 'transaction', rule: 'context.proto, TransactionEnd', needs }, [
  {
    id: 'rollback-create',
    title: 'a rolled back create answers its rows and keeps nothing',
    run: async (subject) => {
      const answer = await write.create(subject, { context: dryRun })
      expectEqual('affected and inserted', [answer.affected, answer.inserted], [2, 2])
      expectEqual(
        'the answered keys',
        rowsOf(answer).map((row) => textOf(row, subject.table.key)),
        ['101', '102'],
      )
      await nothingChanged(subject)
    },
  },
  {
    id: 'rollback-update',
    title: 'a rolled back update answers what would have been affected and keeps nothing',
    run: async (subject) => {
      expectEqual('affected', (await write.update(subject, { context: dryRun })).affected, 2)
      await nothingChanged(subject)
    },
  },
  {
    id: 'rollback-delete',
    title: 'a rolled back delete answers what would have been affected and keeps nothing',
    run: async (subject) => {
      expectEqual('affected', (await write.delete(subject, { context: dryRun })).affected, 2)
      await nothingChanged(subject)
    },
  },
  {
    id: 'rollback-refusal',
    title: 'a rolled back write is refused for what would refuse it',
    needs: { columns: ['unique'] },
    run: async (subject) => {
      const rows = [suiteRow(101, { unique: '"u1"' })]
      await expectRefusal(subject.create(rows, { context: dryRun }), 'unique')
      await nothingChanged(subject)
    },
  },
  {
    id: 'commit',
    title: 'an answered write is there for another process',
    rule: 'context.proto, TRANSACTION_END_COMMIT',
    needs: { types: true },
    run: async (subject) => {
      await write.update(subject, { context: contextWith({ txEnd: 'unspecified' }) })
      await subject.restart()
      expectEqual('the text', await subject.value(2, subject.column('text')), '"changed"')
    },
  },
  {
    id: 'read-only',
    title: 'a call that must only read refuses writes with permission',
    rule: 'context.proto, RequestContext.read_only',
    run: async (subject) => {
      await eachRefused('permission', { context: readOnly })(subject)
      expectEqual('the number of rows', (await subject.rows({ context: readOnly })).length, 8)
    },
  },
  {
    id: 'max-affected',
    title: 'more rows than max_affected are refused, and nothing is kept',
    rule: 'table.proto, max_affected',
    run: async (subject) => {
      await eachRefused('max_affected', { maxAffected: 1 })(subject)
      expectEqual('affected', (await write.update(subject, { maxAffected: 2 })).affected, 2)
    },
  },
  {
    id: 'expect-single',
    title: 'expect_single refuses a write of any other number of rows, and nothing is kept',
    rule: 'table.proto, expect_single',
    run: async (subject) => {
      await eachRefused('singular', { expectSingle: true })(subject)
      const none = { where: compare(subject.table.key, 'eq', '99'), expectSingle: true }
      await expectRefusal(subject.update(`{"${subject.column('text')}":"changed"}`, none), 'singular')
      const one = { where: compare(subject.table.key, 'eq', '2'), expectSingle: true }
      expectEqual('affected', (await subject.delete(one)).affected, 1)
    },
  },
])

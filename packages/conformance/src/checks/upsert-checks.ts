import type { Conflict } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { compare, contextWith } from '../requests.js'
import { rowsOf, textOf } from '../subject.js'
import { suiteRow } from '../suite-rows.js'

const onConflict = (action: Conflict['action'], target: readonly string[] = [], keep: readonly string[] = []) => ({
  conflict: { action, target, keep },
})

const needs = { role: 'db', writes: true, capabilities: ['upsert'] } as const

export const upsertChecks = group({ id: 'upsert', rule: 'table.proto, Conflict', needs }, [
  {
    id: 'merge',
    title: 'merge overwrites the row with the same primary key, and inserts the others',
    run: async (subject) => {
      const answer = await subject.create([suiteRow(2), suiteRow(101)], onConflict('merge'))
      expectEqual('affected and inserted', [answer.affected, answer.inserted], [2, 1])
      const texts = rowsOf(answer).map((row) => textOf(row, subject.column('text')))
      expectEqual('the answered texts', texts, ['"new"', '"new"'])
      expectEqual('the stored text', await subject.value(2, subject.column('text')), '"new"')
    },
  },
  {
    id: 'merge-untouched',
    title: 'merge leaves columns that are not written as they are',
    run: async (subject) => {
      const { key } = subject.table
      const others = (['required', 'unique'] as const).map((use) => subject.table.columns[use])
      const columns = [key, subject.column('text'), ...others.filter((name) => name !== undefined)]
      await subject.create([suiteRow(2)], { ...onConflict('merge'), columns })
      const stored = [subject.column('text'), subject.column('integer')].map((name) => subject.value(2, name))
      expectEqual('text and integer of the row', await Promise.all(stored), ['"new"', '20'])
    },
  },
  {
    id: 'ignore',
    title: 'ignore leaves the existing row and answers only the new ones',
    run: async (subject) => {
      const answer = await subject.create([suiteRow(2), suiteRow(101)], onConflict('ignore'))
      expectEqual('affected and inserted', [answer.affected, answer.inserted], [1, 1])
      expectEqual(
        'the answered keys',
        rowsOf(answer).map((row) => textOf(row, subject.table.key)),
        ['101'],
      )
      expectEqual('the stored text', await subject.value(2, subject.column('text')), '"Banana"')
    },
  },
  {
    id: 'target',
    title: 'the conflict columns may be another unique key',
    rule: 'table.proto, Conflict.target',
    needs: { columns: ['unique'] },
    run: async (subject) => {
      const unique = subject.column('unique')
      const columns = [unique, subject.column('text'), ...requiredColumn(subject.table.columns.required)]
      await subject.create([suiteRow(2)], { ...onConflict('merge', [unique]), columns })
      expectEqual('the stored text', await subject.value(2, subject.column('text')), '"new"')
      expectEqual('the number of rows', (await subject.keys()).length, 8)
    },
  },
  {
    id: 'target-no-key',
    title: 'conflict columns that are no unique key are refused',
    rule: 'table.proto, Conflict.target',
    run: async (subject) => {
      await expectRefusal(subject.create([suiteRow(2)], onConflict('merge', [subject.column('integer')])))
      expectEqual('the stored text', await subject.value(2, subject.column('text')), '"Banana"')
    },
  },
  {
    id: 'keep',
    title: 'kept columns of an existing row are not overwritten',
    rule: 'table.proto, Conflict.keep',
    run: async (subject) => {
      await subject.create([suiteRow(2)], onConflict('merge', [], [subject.column('integer')]))
      const stored = [subject.column('text'), subject.column('integer')].map((name) => subject.value(2, name))
      expectEqual('text and integer of the row', await Promise.all(stored), ['"new"', '20'])
    },
  },
  {
    id: 'absent',
    title: 'without a conflict action a duplicate key fails with unique',
    rule: 'table.proto, TableCreateRequest.conflict',
    run: async (subject) => {
      await expectRefusal(subject.create([suiteRow(2)]), 'unique')
    },
  },
  {
    id: 'dry-run',
    title: 'a rolled back upsert answers what would have been and keeps nothing',
    run: async (subject) => {
      const { key } = subject.table
      const context = contextWith({ txEnd: 'rollback' })
      const answer = await subject.create([suiteRow(2), suiteRow(101)], { ...onConflict('merge'), context })
      expectEqual('affected and inserted', [answer.affected, answer.inserted], [2, 1])
      expectEqual('the stored text', await subject.value(2, subject.column('text')), '"Banana"')
      expectEqual('the keys', await subject.keys(compare(key, 'gt', '8')), [])
    },
  },
  {
    id: 'overwrite-when',
    title: 'a row that does not meet overwrite_when is left alone and not counted',
    rule: 'table.proto, TableCreateRequest.overwrite_when',
    needs: { capabilities: ['precondition'] },
    run: async (subject) => {
      const overwriteWhen = compare(subject.column('integer'), 'eq', '30')
      const answer = await subject.create([suiteRow(2), suiteRow(4)], { ...onConflict('merge'), overwriteWhen })
      expectEqual('affected and inserted', [answer.affected, answer.inserted], [1, 0])
      const stored = [2, 4].map((key) => subject.value(key, subject.column('text')))
      expectEqual('the stored texts', await Promise.all(stored), ['"Banana"', '"new"'])
    },
  },
])

const requiredColumn = (name: string | undefined): string[] => (name === undefined ? [] : [name])

import { dbService } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { compare } from '../requests.js'
import type { Subject } from '../subject.js'
import { suiteRow } from '../suite-rows.js'

const unchanged = async (subject: Subject): Promise<void> =>
  expectEqual('the keys after the refusal', await subject.keys(), [1, 2, 3, 4, 5, 6, 7, 8])

const needs = { role: 'db', writes: true } as const

export const errorChecks = group({ id: 'errors', rule: 'plugin.proto, Error.reason', needs }, [
  {
    id: 'unique',
    title: 'a duplicate key is unique',
    needs: { columns: ['unique'] },
    run: async (subject) => {
      await expectRefusal(subject.create([suiteRow(101, { unique: '"u1"' })]), 'unique')
      await expectRefusal(
        subject.update(`{"${subject.column('unique')}":"u1"}`, { where: compare(subject.table.key, 'eq', '2') }),
        'unique',
      )
      await unchanged(subject)
    },
  },
  {
    id: 'not-null',
    title: 'NULL where there must be a value is not_null and names the column',
    needs: { columns: ['required'] },
    run: async (subject) => {
      const error = await expectRefusal(subject.create([suiteRow(101, { required: 'null' })]), 'not_null')
      expectEqual('details.column', error.details.column, subject.column('required'))
      await unchanged(subject)
    },
  },
  {
    id: 'check',
    title: 'a value that a constraint refuses is check',
    needs: { columns: ['check'] },
    run: async (subject) => {
      await expectRefusal(subject.create([suiteRow(101, { check: '-1' })]), 'check')
      await unchanged(subject)
    },
  },
  {
    id: 'foreign-key',
    title: 'a reference to nothing is foreign_key',
    needs: { columns: ['reference'] },
    run: async (subject) => {
      await expectRefusal(subject.create([suiteRow(101, { reference: '999999999' })]), 'foreign_key')
      await unchanged(subject)
    },
  },
  {
    id: 'unknown-table',
    title: 'an unknown table is unknown_table with the nearest valid name, in every call',
    rule: 'table.proto, Names',
    run: async (subject) => {
      const table = `${subject.table.table}x`
      const error = await expectRefusal(subject.get({ table }), 'unknown_table')
      expectEqual('details.nearest', error.details.nearest, subject.table.table)
      await expectRefusal(subject.update(`{"${subject.column('text')}":"a"}`, { table }), 'unknown_table')
      await expectRefusal(subject.delete({ table }), 'unknown_table')
    },
  },
  {
    id: 'exact-names',
    title: 'another spelling of a table is another table',
    rule: 'plugin.proto, Capabilities: exact_names',
    needs: { capabilities: ['exact_names'] },
    run: async (subject) => {
      const { table } = subject.table
      for (const spelling of new Set([table.toUpperCase(), table.toLowerCase(), capitalised(table)])) {
        if (spelling !== table) await expectRefusal(subject.get({ table: spelling }), 'unknown_table')
      }
    },
  },
  {
    id: 'hostile-names',
    title: 'hostile names of tables and columns are unknown names, and harm nothing',
    rule: 'table.proto, Names',
    run: async (subject) => {
      const { table } = subject.table
      for (const name of ['__proto__', 'constructor', `${table}"; DROP TABLE ${table}; --`, `${table}\``, '']) {
        await expectRefusal(subject.get({ table: name }), 'unknown_table', 'bad_value')
        await expectRefusal(subject.keys(compare(name, 'eq', '1')), 'unknown_column', 'bad_value')
      }
      await unchanged(subject)
    },
  },
  {
    id: 'malformed-rows',
    title: 'rows that are no JSON are refused, and the plugin lives',
    rule: 'table.proto, TableCreateRequest.rows',
    run: async (subject) => {
      for (const text of ['', '{', '[1]', '[{"a":}]', 'null']) {
        await expectRefusal(subject.create([suiteRow(101)], { rows: Buffer.from(text) }), 'bad_value')
      }
      await unchanged(subject)
    },
  },
  {
    id: 'unsupported',
    title: 'a call whose capability the plugin does not name is unsupported',
    rule: 'plugin.proto, Capabilities',
    run: async (subject) => {
      const { capabilities } = await (await subject.plugin()).info()
      const calls: [string, () => Promise<unknown>][] = [
        ['functions', () => subject.call(dbService.CallFunction, { function: 'f', arguments: Buffer.from('{}') })],
        ['query', () => subject.call(dbService.Query, { statement: 'select 1' })],
        ['ensure_table', () => subject.call(dbService.EnsureTable, { table: 'er_conformance_none' })],
        ['batch', () => subject.call(dbService.TableBatch, {})],
      ]
      for (const [capability, call] of calls) {
        if (!capabilities.includes(capability)) await expectRefusal(call(), 'unsupported')
      }
    },
  },
])

const capitalised = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1).toLowerCase()

import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { columnAs, compare } from '../requests.js'
import { rowsOf, type Subject, textOf } from '../subject.js'

const needs = { role: 'db', writes: true } as const

/** Rows with keys 2 and 3, whose integer is 20. */
const twenties = (subject: Subject) => compare(subject.column('integer'), 'eq', '20')

const newText = (subject: Subject) => `{"${subject.column('text')}":"changed"}`

const texts = (subject: Subject, ...keys: number[]) =>
  Promise.all(keys.map((key) => subject.value(key, subject.column('text'))))

export const updateChecks = group({ id: 'update', rule: 'table.proto, TableUpdateRequest', needs }, [
  {
    id: 'where',
    title: 'the rows that match are changed, and no others; affected counts those that match',
    run: async (subject) => {
      const answer = await subject.update(newText(subject), { where: twenties(subject) })
      expectEqual('affected and row_count', [answer.affected, answer.rowCount], [2, 0])
      expectEqual('the texts', await texts(subject, 1, 2, 3), ['"apple"', '"changed"', '"changed"'])
      const same = await subject.update(newText(subject), { where: twenties(subject) })
      expectEqual('affected by an update that changes nothing', same.affected, 2)
    },
  },
  {
    id: 'all',
    title: 'without a condition every row is changed',
    run: async (subject) => {
      const answer = await subject.update(newText(subject))
      expectEqual('affected', answer.affected, 8)
      expectEqual(
        'rows with the new text',
        (await subject.keys(compare(subject.column('text'), 'eq', 'changed'))).length,
        8,
      )
    },
  },
  {
    id: 'values',
    title: 'null and 64-bit integers are written as they are',
    run: async (subject) => {
      const { key } = subject.table
      const [text, integer] = [subject.column('text'), subject.column('integer')]
      await subject.update(`{"${text}":null,"${integer}":-9223372036854775808}`, { where: compare(key, 'eq', '1') })
      const stored = await Promise.all([subject.value(1, text), subject.value(1, integer)])
      expectEqual('the stored values', stored, ['null', '-9223372036854775808'])
    },
  },
  {
    id: 'returning',
    title: 'returning rows answers them as stored, through the projection',
    rule: 'table.proto, Returning',
    needs: { capabilities: ['returning'] },
    run: async (subject) => {
      const select = [columnAs('k', subject.table.key), columnAs('t', subject.column('text'))]
      const answer = await subject.update(newText(subject), { where: twenties(subject), returning: 'rows', select })
      const rows = rowsOf(answer).map((row) => `${textOf(row, 'k')} ${textOf(row, 't')}`)
      expectEqual('the rows', rows.sort(), ['2 "changed"', '3 "changed"'])
    },
  },
  {
    id: 'unknown-column',
    title: 'an unknown column is refused with the nearest valid name',
    rule: 'table.proto, Names',
    run: async (subject) => {
      const column = subject.column('text')
      const error = await expectRefusal(subject.update(`{"${column}x":"a"}`), 'unknown_column')
      expectEqual('details.nearest', error.details.nearest, column)
    },
  },
  {
    id: 'missing-capability',
    title: 'what the plugin does not name it refuses with unsupported, and does not ignore',
    rule: 'plugin.proto, Capabilities',
    run: async (subject) => {
      const { capabilities } = await (await subject.plugin()).info()
      if (!capabilities.includes('returning')) {
        await expectRefusal(subject.update(newText(subject), { returning: 'rows' }), 'unsupported')
      }
      if (!capabilities.includes('precondition')) {
        await expectRefusal(subject.update(newText(subject), { ifMatch: ['*'] }), 'unsupported')
      }
      expectEqual('rows with the new text', await subject.keys(compare(subject.column('text'), 'eq', 'changed')), [])
    },
  },
  {
    id: 'no-rows',
    title: 'an update that matches nothing affects nothing',
    run: async (subject) => {
      const where = compare(subject.table.key, 'eq', '99')
      expectEqual('affected', (await subject.update(newText(subject), { where })).affected, 0)
    },
  },
])

export const deleteChecks = group({ id: 'delete', rule: 'table.proto, TableDeleteRequest', needs }, [
  {
    id: 'where',
    title: 'the rows that match are deleted, and no others',
    run: async (subject) => {
      const answer = await subject.delete({ where: twenties(subject) })
      expectEqual('affected and row_count', [answer.affected, answer.rowCount], [2, 0])
      expectEqual('the keys left', await subject.keys(), [1, 4, 5, 6, 7, 8])
    },
  },
  {
    id: 'all',
    title: 'without a condition every row is deleted',
    run: async (subject) => {
      expectEqual('affected', (await subject.delete()).affected, 8)
      expectEqual('the keys left', await subject.keys(), [])
    },
  },
  {
    id: 'returning',
    title: 'returning rows answers them as they were',
    rule: 'table.proto, Returning',
    needs: { capabilities: ['returning'] },
    run: async (subject) => {
      const select = [columnAs('t', subject.column('text'))]
      const answer = await subject.delete({ where: twenties(subject), returning: 'rows', select })
      expectEqual(
        'the rows',
        rowsOf(answer)
          .map((row) => textOf(row, 't'))
          .sort(),
        ['"Banana"', '"cherry%"'],
      )
    },
  },
])

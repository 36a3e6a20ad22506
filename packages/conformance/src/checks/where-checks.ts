import type { Predicate } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectRefusal } from '../expect.js'
import { and, compare, not, or } from '../requests.js'
import type { Subject } from '../subject.js'

type Condition = (names: { text: string; integer: string; key: string }) => Predicate

/** Conditions on the suite's rows, and the keys of the rows that meet them. */
const finds =
  (...cases: [Condition, number[]][]) =>
  async (subject: Subject): Promise<void> => {
    const names = { text: subject.column('text'), integer: subject.column('integer'), key: subject.table.key }
    for (const [condition, keys] of cases) {
      expectEqual('the rows with keys', await subject.keys(condition(names)), keys)
    }
  }

const isTrue: Condition = () => ({ kind: 'and', items: [] })

export const whereChecks = group({ id: 'where', rule: 'table.proto, Operator', needs: { role: 'db' } }, [
  {
    id: 'none',
    title: 'without a condition every row is answered',
    run: async (subject) => expectEqual('the rows with keys', await subject.keys(), [1, 2, 3, 4, 5, 6, 7, 8]),
  },
  {
    id: 'eq',
    title: 'eq finds equal values, and never NULL',
    run: finds(
      [({ integer }) => compare(integer, 'eq', '20'), [2, 3]],
      [({ text }) => compare(text, 'eq', 'apple'), [1]],
      [({ text }) => compare(text, 'eq', ''), [6]],
      [({ text }) => compare(text, 'eq', 'null'), []],
    ),
  },
  {
    id: 'neq',
    title: 'neq finds other values, and never NULL',
    run: finds([({ integer }) => compare(integer, 'neq', '20'), [1, 4, 5, 6, 8]]),
  },
  {
    id: 'order',
    title: 'lt, lte, gt, gte compare numbers as numbers',
    run: finds(
      [({ integer }) => compare(integer, 'lt', '10'), [5, 6]],
      [({ integer }) => compare(integer, 'lte', '10'), [1, 5, 6]],
      [({ integer }) => compare(integer, 'gt', '20'), [4, 8]],
      [({ integer }) => compare(integer, 'gte', '20'), [2, 3, 4, 8]],
    ),
  },
  {
    id: 'int64',
    title: 'a 64-bit integer is compared with all its digits',
    run: finds(
      [({ integer }) => compare(integer, 'eq', '9007199254740993'), [8]],
      [({ integer }) => compare(integer, 'eq', '9007199254740992'), []],
    ),
  },
  {
    id: 'like',
    title: 'like knows % and _ only, minds case, and matches the whole text',
    run: finds(
      [({ text }) => compare(text, 'like', 'a%'), [1]],
      [({ text }) => compare(text, 'like', 'b%'), []],
      [({ text }) => compare(text, 'like', 'd_te'), [4]],
      [({ text }) => compare(text, 'like', '%a'), [2]],
      [({ text }) => compare(text, 'like', 'pple'), []],
      [({ text }) => compare(text, 'like', '%\\%'), [8]],
      [({ text }) => compare(text, 'like', '%*%'), []],
      [({ text }) => compare(text, 'like', '%[abc]%'), []],
    ),
  },
  {
    id: 'ilike',
    title: 'ilike is like without regard to case',
    run: finds(
      [({ text }) => compare(text, 'ilike', 'b%'), [2]],
      [({ text }) => compare(text, 'ilike', 'D_TE'), [4]],
      [({ text }) => compare(text, 'ilike', 'A%'), [1]],
    ),
  },
  {
    id: 'is',
    title: 'is knows null and not_null',
    run: finds(
      [({ text }) => compare(text, 'is', 'null'), [7]],
      [({ text }) => compare(text, 'is', 'not_null'), [1, 2, 3, 4, 5, 6, 8]],
    ),
  },
  {
    id: 'is-boolean',
    title: 'is knows true, false and unknown',
    needs: { columns: ['boolean'] },
    run: async (subject) => {
      const column = subject.column('boolean')
      const expected: [string, number[]][] = [
        ['true', [1, 3, 5, 8]],
        ['false', [2, 4, 6]],
        ['unknown', [7]],
      ]
      for (const [operand, keys] of expected) {
        expectEqual('the rows with keys', await subject.keys(compare(column, 'is', operand)), keys)
      }
    },
  },
  {
    id: 'in',
    title: 'in finds any of its operands; an empty list finds nothing',
    run: finds(
      [({ text }) => compare(text, 'in', 'apple', 'd_te', 'nothing'), [1, 4]],
      [({ integer }) => compare(integer, 'in', '20'), [2, 3]],
      [({ integer }) => compare(integer, 'in'), []],
    ),
  },
  {
    id: 'between',
    title: 'between includes both ends',
    run: finds([({ integer }) => compare(integer, 'between', '0', '20'), [1, 2, 3, 6]]),
  },
  {
    id: 'isdistinct',
    title: 'isdistinct takes NULL for a value like any other',
    run: finds([({ integer }) => compare(integer, 'isdistinct', '20'), [1, 4, 5, 6, 7, 8]]),
  },
  {
    id: 'and',
    title: 'and holds when all its items do; without items it is true',
    rule: 'table.proto, Predicate',
    run: finds(
      [({ integer, text }) => and(compare(integer, 'eq', '20'), compare(text, 'like', 'c%')), [3]],
      [({ integer }) => and(compare(integer, 'gt', '0'), compare(integer, 'lt', '25')), [1, 2, 3]],
      [isTrue, [1, 2, 3, 4, 5, 6, 7, 8]],
    ),
  },
  {
    id: 'or',
    title: 'or holds when one item does; without items it is false',
    rule: 'table.proto, Predicate',
    needs: { capabilities: ['filter_tree'] },
    run: finds(
      [({ integer, text }) => or(compare(integer, 'eq', '30'), compare(text, 'eq', 'apple')), [1, 4]],
      [() => or(), []],
    ),
  },
  {
    id: 'not',
    title: 'not is true where its item is false, and unknown where that is unknown',
    rule: 'table.proto, Predicate',
    needs: { capabilities: ['filter_tree'] },
    run: finds(
      [({ integer }) => not(compare(integer, 'eq', '20')), [1, 4, 5, 6, 8]],
      [({ integer }) => not(compare(integer, 'in')), [1, 2, 3, 4, 5, 6, 7, 8]],
      [({ integer }) => not(compare(integer, 'in', '20')), [1, 4, 5, 6, 8]],
      [({ text }) => not(compare(text, 'is', 'null')), [1, 2, 3, 4, 5, 6, 8]],
    ),
  },
  {
    id: 'tree',
    title: 'and, or and not nest',
    rule: 'table.proto, Predicate',
    needs: { capabilities: ['filter_tree'] },
    run: finds([
      ({ integer, text }) =>
        and(
          or(compare(integer, 'eq', '20'), not(or(compare(integer, 'gte', '0'), compare(text, 'is', 'null')))),
          not(compare(text, 'eq', 'Banana')),
        ),
      [3, 5],
    ]),
  },
  {
    id: 'operand',
    title: 'an operand that the column cannot hold is bad_value',
    rule: 'table.proto, Comparison.operands',
    needs: { types: true },
    run: async (subject) => {
      for (const operand of ['ten', '', '1.2.3', '20 or 1=1']) {
        await expectRefusal(subject.keys(compare(subject.column('integer'), 'eq', operand)), 'bad_value')
      }
    },
  },
  {
    id: 'injection',
    title: 'operands and hostile texts are data',
    rule: 'table.proto, Comparison.operands',
    run: finds(
      [({ text }) => compare(text, 'eq', `' OR 1=1 --`), []],
      [({ text }) => compare(text, 'eq', 'O\'Brien "x", \\ (back)'), [8]],
      [({ text }) => compare(text, 'in', `'); DROP TABLE x; --`, 'apple'), [1]],
      [({ text }) => compare(text, 'like', `%' OR '1'='1`), []],
    ),
  },
  {
    id: 'unknown-column',
    title: 'an unknown column is refused with the nearest valid name',
    rule: 'table.proto, Names',
    run: async (subject) => {
      const { key } = subject.table
      const error = await expectRefusal(subject.keys(compare(`${key}x`, 'eq', '1')), 'unknown_column')
      expectEqual('details.nearest', error.details.nearest, key)
    },
  },
])

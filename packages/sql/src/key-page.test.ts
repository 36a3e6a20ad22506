import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Comparison, type OrderTerm, tableGetRequest } from '@easyrest/protocol'
import { cachedSelectStatement } from './cached-select-statement.js'
import { keyPageLimit } from './key-page.js'
import { books, plainTarget } from './plain-dialect.js'
import { selectStatement } from './select-statement.js'
import type { Selection } from './selection.js'

const by = (column: string, direction: OrderTerm['direction'] = 'asc'): OrderTerm => ({
  column,
  direction,
  nulls: 'unspecified',
})
const compare = (column: string, operator: Comparison['operator'], ...operands: string[]): Comparison => ({
  kind: 'comparison',
  column,
  operator,
  operands,
})

const page: Selection = { ...tableGetRequest('books'), ordering: [by('id')], page: { limit: 25, offset: 0 } }
const table = { ...books, primaryKey: ['id', 'name'] }
const limitOf = (change: Partial<Selection>) => keyPageLimit({ ...page, ...change }, table)

test('a page along the key, from one end of a range', () => {
  const range = compare('id', 'gt', '7')
  const pages: Partial<Selection>[] = [
    {},
    { where: range },
    { where: { kind: 'and', items: [range, compare('name', 'lte', 'x')] }, page: { limit: 25, offset: 50 } },
    { ordering: [by('id', 'desc'), by('name', 'desc')] },
  ]
  for (const change of pages) assert.equal(limitOf(change), 25)
})

test('what another index, or none, may serve better', () => {
  const others: Partial<Selection>[] = [
    { ordering: [] },
    { ordering: [by('name')] },
    { ordering: [by('id'), by('name', 'desc')] },
    { ordering: [by('id'), by('name'), by('pages')] },
    { where: compare('pages', 'eq', '7') },
    { where: compare('id', 'in', '7', '8') },
    { where: { kind: 'and', items: [compare('id', 'gt', '7'), compare('pages', 'gt', '7')] } },
    { where: { kind: 'or', items: [compare('id', 'gt', '7'), compare('id', 'lt', '2')] } },
    { where: { kind: 'not', item: compare('id', 'gt', '7') } },
    { distinct: true },
    { grouping: ['id'] },
    { page: undefined },
    { page: { limit: undefined, offset: 0 } },
    { page: { limit: 1001, offset: 0 } },
    { page: { limit: -1, offset: 0 } },
    { page: { limit: Number.NaN, offset: 0 } },
  ]
  for (const change of others) assert.equal(limitOf(change), undefined, JSON.stringify(change))
})

test('each limit is a text of its own where the dialect says so, and its operands are bound', () => {
  const target = { ...plainTarget, dialect: { ...plainTarget.dialect, writesKeyPages: true } }
  for (const limit of [25, 26, 25, 1001, 26]) {
    for (const [id, offset] of [
      ['1', 0],
      ['2', 3],
      ['3', 3],
    ] as const) {
      const selection = { ...page, where: compare('id', 'gt', id), page: { limit, offset } }
      const cached = cachedSelectStatement(selection, table, target)
      assert.deepEqual(cached, selectStatement(selection, table, target))
      const written = limit === 1001 ? / LIMIT \$2( OFFSET \$3)?$/ : new RegExp(` LIMIT ${limit}( OFFSET \\$2)?$`)
      assert.match(cached.text, written)
    }
  }
  assert.match(selectStatement(page, table, plainTarget).text, / LIMIT \$1$/)
})

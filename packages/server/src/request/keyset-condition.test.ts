import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeysetKey } from './keyset.js'
import { atOrBehind, behind } from './keyset-condition.js'

const id: KeysetKey = { column: 'id', direction: 'asc', nulls: 'last', nullable: false, primary: true }
const size: KeysetKey = { column: 'size', direction: 'desc', nulls: 'first', nullable: true, primary: false }

const comparison = (column: string, operator: string, operand: string) => ({
  kind: 'comparison',
  column,
  operator,
  operands: [operand],
})

test('a bound on the first key stands beside all alternatives, where a database can use an index for it', () => {
  const looks = [
    { condition: atOrBehind([id], ['5']), bound: comparison('id', 'gte', '5') },
    { condition: atOrBehind([size, id], ['7', '5']), bound: comparison('size', 'lte', '7') },
    { condition: behind([size, id], ['7', '5']), bound: comparison('size', 'lte', '7') },
  ]
  for (const { condition, bound } of looks) {
    assert.equal(condition.kind, 'and')
    assert.deepEqual(condition.kind === 'and' && condition.items[0], bound)
  }
  assert.deepEqual(behind([id], ['5']), comparison('id', 'gt', '5'))
})

test('there is no bound where NULL may come behind, or is where the page ends', () => {
  const nullsLast: KeysetKey = { ...size, nulls: 'last' }
  for (const condition of [
    atOrBehind([nullsLast, id], ['7', '5']),
    behind([nullsLast, id], ['7', '5']),
    atOrBehind([size, id], [undefined, '5']),
    behind([size, id], [undefined, '5']),
  ]) {
    assert.equal(condition.kind, 'or')
  }
})

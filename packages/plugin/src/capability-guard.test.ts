import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallFunctionRequest, type Capability, capabilities } from '@easyrest/protocol'
import { capabilityGuard, functionWishes } from './capability-guard.js'

const plain: CallFunctionRequest = {
  context: undefined,
  function: 'f',
  arguments: Buffer.from('{}'),
  select: [],
  where: undefined,
  ordering: [],
  page: undefined,
  maxReplyBytes: 1000,
  count: 'unspecified',
  expectSet: false,
  expectSingle: false,
  maxAffected: undefined,
}
const column = { kind: 'column', column: 'a', alias: 'a', cast: '' } as const
const equal = { kind: 'comparison', column: 'a', operator: 'eq', operands: ['1'] } as const
const either = { kind: 'or', items: [equal] } as const

/** Every member beyond the call itself, with the capabilities that it needs. */
const wishes: [string, Partial<CallFunctionRequest>, Capability[]][] = [
  ['select', { select: [column] }, ['function_filters']],
  ['a cast', { select: [{ ...column, cast: 'text' }] }, ['function_filters', 'cast']],
  ['where', { where: equal }, ['function_filters']],
  ['a tree', { where: either }, ['function_filters', 'filter_tree']],
  ['ordering', { ordering: [{ column: 'a', direction: 'asc', nulls: 'unspecified' }] }, ['function_filters']],
  ['a limit', { page: { limit: 1, offset: 0 } }, ['function_filters']],
  ['an offset', { page: { limit: undefined, offset: 1 } }, ['function_filters']],
  ['count', { count: 'exact' }, ['function_filters']],
  ['expectSet', { expectSet: true }, ['function_filters']],
  ['expectSingle', { expectSingle: true }, ['function_filters']],
  ['maxAffected', { maxAffected: 0 }, ['function_filters']],
]

test('a call of a function without wishes needs no capability', () => {
  capabilityGuard([])(functionWishes(plain))
  capabilityGuard([])(functionWishes({ ...plain, page: { limit: undefined, offset: 0 } }))
})

for (const [title, wish, needed] of wishes) {
  test(`a call of a function that wishes ${title} is refused unless the plugin names ${needed.join(' and ')}`, () => {
    const request = functionWishes({ ...plain, ...wish })
    const others = (missing?: Capability) =>
      capabilities.filter((name) => name !== missing && name !== 'count' && name !== 'aggregates')
    capabilityGuard(others())(request)
    for (const capability of needed) {
      assert.throws(() => capabilityGuard(others(capability))(request), {
        reason: 'unsupported',
        details: { capability },
      })
    }
  })
}

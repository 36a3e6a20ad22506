import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isLinearizable } from './is-linearizable.js'
import type { Operation } from './operation.js'

const at = (
  invoked: number,
  completed: number,
  operation: Omit<Operation, 'key' | 'invoked' | 'completed'>,
): Operation => ({
  key: 'k',
  invoked,
  completed,
  ...operation,
})
const never = Number.POSITIVE_INFINITY

describe('The checker of histories', () => {
  it('takes what happened one after the other', () => {
    const history = [
      at(0, 1, { kind: 'put', value: 'a', done: true }),
      at(2, 3, { kind: 'get', found: 'a' }),
      at(4, 5, { kind: 'cas', seen: 'a', value: 'b', done: true }),
      at(6, 7, { kind: 'delete', done: true }),
      at(8, 9, { kind: 'get', found: undefined }),
      at(10, 11, { kind: 'create', value: 'c', done: true }),
    ]
    assert.equal(isLinearizable(history), true)
    assert.equal(isLinearizable([]), true)
  })

  it('takes what ran at once in whatever order fits', () => {
    const history = [
      at(0, 10, { kind: 'put', value: 'a', done: true }),
      at(0, 10, { kind: 'put', value: 'b', done: true }),
      at(1, 2, { kind: 'get', found: undefined }),
      at(3, 4, { kind: 'get', found: 'b' }),
      at(11, 12, { kind: 'get', found: 'a' }),
    ]
    assert.equal(isLinearizable(history), true)
  })

  it('refuses a read of what was overwritten before it began', () => {
    const history = [
      at(0, 1, { kind: 'put', value: 'a', done: true }),
      at(2, 3, { kind: 'put', value: 'b', done: true }),
      at(4, 5, { kind: 'get', found: 'a' }),
    ]
    assert.equal(isLinearizable(history), false)
  })

  it('refuses two that both created, and two that both wrote on the same revision', () => {
    const created = ['a', 'b'].map((value) => at(0, 10, { kind: 'create', value, done: true }))
    assert.equal(isLinearizable(created), false)
    const written = ['b', 'c'].map((value) => at(2, 10, { kind: 'cas', seen: 'a', value, done: true }))
    assert.equal(isLinearizable([at(0, 1, { kind: 'put', value: 'a', done: true }), ...written]), false)
  })

  it('refuses a write that was acknowledged and is not there', () => {
    const history = [at(0, 1, { kind: 'put', value: 'a', done: true }), at(2, 3, { kind: 'get', found: undefined })]
    assert.equal(isLinearizable(history), false)
  })

  it('lets what nobody knows of happen late, or never, but not before it began', () => {
    const unknown = at(2, never, { kind: 'put', value: 'b' })
    const first = at(0, 1, { kind: 'put', value: 'a', done: true })
    const found = (value: string, when: number) => at(when, when + 1, { kind: 'get', found: value })
    assert.equal(isLinearizable([first, unknown, found('a', 4), found('b', 6)]), true)
    assert.equal(isLinearizable([first, unknown, found('a', 4), found('a', 6)]), true)
    assert.equal(isLinearizable([first, unknown, found('b', 4), found('a', 6)]), false)
    assert.equal(isLinearizable([first, found('b', 1.2), { ...unknown, invoked: 5 }]), false)
  })

  it('is done with long histories of one key', () => {
    const history = Array.from({ length: 400 }, (_, index) => [
      at(index * 10, index * 10 + 25, { kind: 'put', value: `v${index}`, done: true }),
      at(index * 10 + 1, never, { kind: 'put', value: `u${index}` }),
    ]).flat()
    assert.equal(isLinearizable(history), true)
  })
})

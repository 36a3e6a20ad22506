import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NameList } from './name-list.js'

const spellings = ['users', 'USERS', 'Users', 'other']
const seenBy = (isExact: boolean | undefined) => {
  const list = new NameList(['users', 'Orders'], () => isExact)
  return { opens: spellings.filter((name) => list.opens(name)), hides: spellings.filter((name) => list.hides(name)) }
}

test('where the database finds a table in any case, a list holds every spelling', () => {
  const all = ['users', 'USERS', 'Users']
  assert.deepEqual(seenBy(false), { opens: all, hides: all })
})

test('where another spelling is another table, a list holds its own', () => {
  assert.deepEqual(seenBy(true), { opens: ['users'], hides: ['users'] })
})

test('while nobody knows, less is open and more is hidden', () => {
  assert.deepEqual(seenBy(undefined), { opens: ['users'], hides: ['users', 'USERS', 'Users'] })
})

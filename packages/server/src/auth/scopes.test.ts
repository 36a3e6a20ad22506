import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allows, scopesOf } from './scopes.js'

describe('scopesOf', () => {
  const cases: [string, Record<string, unknown>, string[]][] = [
    ['reads words separated by blanks', { scope: ' users-read  write\t' }, ['users-read', 'write']],
    ['reads an array of strings', { scope: ['users-read', 'read'] }, ['users-read', 'read']],
    ['reads scp in both forms', { scp: 'a b' }, ['a', 'b']],
    ['joins scope and scp', { scope: 'a', scp: ['b'] }, ['a', 'b']],
    ['takes array elements whole', { scope: ['read write'] }, ['read write']],
    ['ignores what is not a string', { scope: [1, null, ['read'], { read: true }, 'x'] }, ['x']],
    ['ignores an object', { scope: { read: true } }, []],
    ['ignores a number', { scope: 7 }, []],
    ['does not split on commas', { scope: 'read,write' }, ['read,write']],
    ['wants the exact claim name', { Scope: 'read', SCP: 'read' }, []],
    ['does not look at a prototype', Object.create({ scope: 'read' }), []],
  ]
  for (const [title, claims, expected] of cases) {
    it(title, () => assert.deepEqual([...scopesOf(claims)], expected))
  }
})

describe('allows', () => {
  const all = new Set(['users-read', 'users-write', 'read', 'write'])
  const cases: [string, ReadonlySet<string>, string, boolean][] = [
    ['K6: the scope itself', all, 'users-read', true],
    ['K6: read for any table', all, 'whatever-read', true],
    ['K6: write for any table', all, 'whatever-write', true],
    ['K6: nothing for another word', all, 'admin', false],
    ['read itself', new Set(['read']), 'read', true],
    ['write is not read', new Set(['write']), 'users-read', false],
    ['read is not write', new Set(['read']), 'users-write', false],
    ['a longer word', new Set(['users-reader']), 'users-read', false],
    ['a shorter word', new Set(['users-rea', 'users', '']), 'users-read', false],
    ['another table', new Set(['orders-read']), 'users-read', false],
    ['another case', new Set(['Users-Read', 'READ']), 'users-read', false],
    ['a right whose name only ends like read', new Set(['read']), 'spread', false],
    ['no scope at all', new Set(), 'users-read', false],
  ]
  for (const [title, scopes, required, expected] of cases) {
    it(`${expected ? 'grants' : 'refuses'} ${title}`, () => assert.equal(allows(scopes, required), expected))
  }
})

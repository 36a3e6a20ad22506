import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError } from '../errors.js'
import { type AccessRulesSettings, createAccessRules } from './access-rules.js'
import { authorize } from './authorize.js'
import { createIdentity } from './identity.js'
import type { RequiredRight } from './required-right.js'

const who = (scope: string | undefined, anonymous = false) => createIdentity({ scope }, { userClaim: 'sub', anonymous })

/** 'ok' or the error that was thrown. */
function outcome(identity: ReturnType<typeof who>, required: RequiredRight, settings: Partial<AccessRulesSettings>) {
  try {
    authorize(
      identity,
      required,
      createAccessRules({ checkScope: true, anonymousAllowed: false, namesAreExact: () => false, ...settings }),
    )
    return 'ok'
  } catch (error) {
    assert.ok(error instanceof ApiError)
    return error
  }
}

function statusOf(...args: Parameters<typeof outcome>): number {
  const result = outcome(...args)
  return result === 'ok' ? 200 : result.status
}

const read = (table: string): RequiredRight => ({ table, action: 'read' })
const write = (table: string): RequiredRight => ({ table, action: 'write' })

describe('lists', () => {
  it('K10: allow and exclude for tables', () => {
    const lists = { allow: { tables: ['users'] }, exclude: { tables: ['orders'] }, checkScope: false }
    assert.equal(statusOf(who('x'), read('users'), lists), 200)
    assert.equal(statusOf(who('x'), read('products'), lists), 404)
    assert.equal(statusOf(who('x'), read('orders'), lists), 404)
  })

  it('K11: allow and exclude for functions', () => {
    const lists = { allow: { functions: ['allowed_func'] }, exclude: { functions: ['excluded_func'] } }
    const call = (name: string) => statusOf(who('write'), { function: name, action: 'write' }, lists)
    assert.deepEqual(['allowed_func', 'other', 'excluded_func'].map(call), [200, 404, 404])
  })

  it('lets exclude win over allow and over public', () => {
    const names = { tables: ['users'] }
    assert.equal(statusOf(who('read'), read('users'), { exclude: names, allow: names, public: names }), 404)
  })

  it('compares names in any case', () => {
    assert.equal(statusOf(who('read'), read('SECRETS'), { exclude: { tables: ['secrets'] } }), 404)
    assert.equal(statusOf(who('read'), read('secrets'), { exclude: { tables: ['Secrets'] } }), 404)
    assert.equal(statusOf(who('read'), read('USERS'), { allow: { tables: ['users'] } }), 200)
    assert.equal(statusOf(who('', true), read('Users'), { public: { tables: ['users'] } }), 200)
  })

  it('compares names by their spelling where the database does', () => {
    const exact = { namesAreExact: () => true }
    assert.equal(statusOf(who('read'), read('SECRETS'), { ...exact, exclude: { tables: ['secrets'] } }), 200)
    assert.equal(statusOf(who('read'), read('secrets'), { ...exact, exclude: { tables: ['secrets'] } }), 404)
    assert.equal(statusOf(who('read'), read('USERS'), { ...exact, allow: { tables: ['users'] } }), 404)
    assert.equal(statusOf(who('', true), read('Users'), { ...exact, public: { tables: ['users'] } }), 401)
    assert.equal(statusOf(who('', true), read('users'), { ...exact, public: { tables: ['users'] } }), 200)
  })

  it('does not mix tables and functions', () => {
    const lists = { exclude: { tables: ['a'], functions: ['b'] } }
    assert.equal(statusOf(who('read write'), { function: 'a', action: 'write' }, lists), 200)
    assert.equal(statusOf(who('read write'), read('b'), lists), 200)
    const open = { public: { tables: ['f'] } }
    assert.equal(statusOf(who('', true), { function: 'f', action: 'read' }, open), 401)
  })

  for (const table of ['easyrest_cache', 'easyrest_kv', 'EASYREST_KV', 'EasyREST_Cache']) {
    it(`hides ${table} whatever is configured`, () => {
      const names = { tables: [table] }
      const settings = { allow: names, public: names, checkScope: false, anonymousAllowed: true }
      assert.equal(statusOf(who('read write'), read(table), settings), 404)
    })
  }

  it('answers for a hidden name as for an unknown one', () => {
    const table = outcome(who('read'), read('x'), { exclude: { tables: ['x'] } })
    assert.ok(table instanceof ApiError)
    assert.deepEqual([table.code, table.detail, table.hint], ['unknown_table', 'There is no table "x"', undefined])
    const called = outcome(who('read'), { function: 'f', action: 'write' }, { exclude: { functions: ['f'] } })
    assert.ok(called instanceof ApiError)
    assert.deepEqual([called.code, called.detail], ['unknown_function', 'There is no function "f"'])
  })
})

describe('rights', () => {
  it('opens public names for reading only, to anybody', () => {
    const settings = { public: { tables: ['users'], functions: ['f'] } }
    assert.equal(statusOf(who(undefined, true), read('users'), settings), 200)
    assert.equal(statusOf(who(undefined), read('users'), settings), 200)
    assert.equal(statusOf(who(undefined, true), write('users'), settings), 401)
    assert.equal(statusOf(who('users-read'), write('users'), settings), 403)
    assert.equal(statusOf(who(undefined, true), { function: 'f', action: 'read' }, settings), 200)
    assert.equal(statusOf(who(undefined, true), { function: 'f', action: 'write' }, settings), 401)
  })

  it('K7: anonymous claims are rights like any other', () => {
    const settings = { anonymousAllowed: true, exclude: { tables: ['hidden_users'] } }
    const anonymous = who('product-read', true)
    assert.equal(statusOf(anonymous, read('product'), settings), 200)
    assert.equal(statusOf(anonymous, read('users'), settings), 403)
    assert.equal(statusOf(anonymous, write('product'), settings), 403)
    assert.equal(statusOf(anonymous, read('hidden_users'), settings), 404)
  })

  it('never uses anonymous scopes that are not allowed', () => {
    assert.equal(statusOf(who('read write', true), read('users'), {}), 401)
    assert.equal(statusOf(who('read write', true), read('users'), { checkScope: false }), 401)
  })

  it('lets everybody with a token pass when scopes are not checked', () => {
    assert.equal(statusOf(who(undefined), write('users'), { checkScope: false }), 200)
    assert.equal(statusOf(who(undefined, true), write('users'), { checkScope: false, anonymousAllowed: true }), 200)
  })

  it('wants read or write for the whole connection', () => {
    assert.equal(statusOf(who('read'), { action: 'read' }, {}), 200)
    assert.equal(statusOf(who('users-read write'), { action: 'read' }, {}), 403)
    assert.equal(statusOf(who('read', true), { action: 'read' }, {}), 401)
  })

  const scopes: [string, RequiredRight, number][] = [
    ['users-read', read('users'), 200],
    ['read', read('users'), 200],
    ['users-write', read('users'), 403],
    ['users-write', write('users'), 200],
    ['write', write('users'), 200],
    ['read', write('users'), 403],
    ['users-reader', read('users'), 403],
    ['orders-read', read('users'), 403],
    ['users-read', read('USERS'), 403],
    ['f-write', { function: 'f', action: 'write' }, 200],
    ['f-read', { function: 'f', action: 'write' }, 403],
    ['', read('users'), 403],
  ]
  for (const [scope, required, status] of scopes) {
    it(`answers ${status} to scope "${scope}" for ${JSON.stringify(required)}`, () => {
      assert.equal(statusOf(who(scope), required, {}), status)
    })
  }

  it('names the missing scope in the 403 and the scheme in the 401', () => {
    const forbidden = outcome(who('x'), write('users'), {})
    assert.ok(forbidden instanceof ApiError && forbidden.detail?.includes('"users-write"'))
    const unauthorized = outcome(who('', true), write('users'), { tokenType: 'JWT' })
    assert.ok(unauthorized instanceof ApiError)
    assert.deepEqual(unauthorized.headers, { 'WWW-Authenticate': 'JWT' })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createIdentity } from './identity.js'

const options = { userClaim: 'sub', anonymous: false }

describe('createIdentity', () => {
  it('lowers top-level names only', () => {
    const { claims, claimsJson } = createIdentity({ ROLE: 'admin', App: { Key: 1 } }, options)
    assert.equal(claims.role, 'admin')
    assert.equal(claimsJson, '{"role":"admin","app":{"Key":1}}')
  })

  it('takes hostile names as plain data', () => {
    const raw = JSON.parse('{"__proto__":{"scope":"write"},"constructor":1,"toString":2}')
    const { claims, claimsJson, scopes } = createIdentity(raw, options)
    assert.equal(Object.getPrototypeOf(claims), null)
    assert.deepEqual(Object.keys(claims), ['__proto__', 'constructor', 'tostring'])
    assert.equal(claimsJson, '{"__proto__":{"scope":"write"},"constructor":1,"tostring":2}')
    assert.equal(scopes.size, 0)
    assert.equal(({} as Record<string, unknown>).scope, undefined)
  })

  it('refuses names that become equal', () => {
    assert.throws(() => createIdentity({ role: 'user', Role: 'admin' }, options), /differ by more than case/)
  })

  it('cannot be changed by one of the requests that share it', () => {
    const identity = createIdentity({ sub: 'alice' }, options)
    assert.ok(Object.isFrozen(identity) && Object.isFrozen(identity.claims))
  })

  const subjects: [unknown, string][] = [
    ['alice', 'alice'],
    ['', ''],
    [42, '42'],
    [1.5, '1.5'],
    [true, 'true'],
    [null, ''],
    [['alice'], ''],
    [{ name: 'alice' }, ''],
  ]
  for (const [value, expected] of subjects) {
    it(`takes ${JSON.stringify(value)} as subject ${JSON.stringify(expected)}`, () => {
      assert.equal(createIdentity({ sub: value }, options).subject, expected)
    })
  }

  it('finds the subject under the configured name, as the token spells it', () => {
    const claims = { sub: 'a', userId: 'b' }
    assert.equal(createIdentity(claims, { userClaim: 'userId', anonymous: false }).subject, 'b')
    assert.equal(createIdentity(claims, { userClaim: 'userid', anonymous: false }).subject, '')
    assert.equal(createIdentity(claims, { userClaim: 'constructor', anonymous: false }).subject, '')
  })
})

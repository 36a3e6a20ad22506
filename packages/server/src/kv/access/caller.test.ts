import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createIdentity } from '../../auth/identity.js'
import { callerOf } from './caller.js'

const paths = {
  user: ['kc.identity.kc.i.id', 'sub'],
  client: ['aud', 'azp', 'client_id'],
  scopes: ['kc.authorizedScopes', 'scope', 'scp'],
}

const caller = (claims: Record<string, unknown>, changed: Partial<typeof paths> = {}) => {
  const identity = createIdentity(claims, { userClaim: 'sub', anonymous: false })
  const { user, client, scopes } = callerOf(identity.claims, { ...paths, ...changed })
  return [user, client, [...scopes].sort().join(' ')]
}

describe('Who asks for documents', () => {
  test("is in Kopano's own claims", () => {
    const claims = {
      sub: 'subject',
      aud: 'playground.js',
      'kc.identity': { 'kc.i.id': 'u1', 'kc.i.dn': 'Alice' },
      'kc.isAccessToken': true,
      'kc.authorizedScopes': ['openid', 'kopano/kvs'],
    }
    assert.deepEqual(caller(claims), ['u1', 'playground.js', 'kopano/kvs openid'])
    assert.deepEqual(caller({ ...claims, 'kc.isAccessToken': 'true' }), ['u1', 'playground.js', ''])
    assert.deepEqual(caller({ ...claims, 'kc.identity': 'u1' }), ['subject', 'playground.js', 'kopano/kvs openid'])
  })

  test('is in plain claims', () => {
    assert.deepEqual(caller({ sub: 'u', azp: 'app', scope: 'a b', scp: ['c'] }), ['u', 'app', 'a b c'])
    assert.deepEqual(caller({ sub: 7, client_id: 'app' }), ['7', 'app', ''])
    assert.deepEqual(caller({ sub: ['u'], aud: ['one'] }), ['u', 'one', ''])
    assert.deepEqual(caller({ sub: null, aud: ['one', 'two'], azp: 'app' }), ['', 'app', ''])
    assert.deepEqual(caller({}), ['', '', ''])
  })

  test('is where the configuration says', () => {
    const claims = { resource_access: { 'my.client': { roles: ['kv'] } }, email: 'a@b.c', 'https://x.y/id': 'x' }
    const scopes = ['resource_access.my.client.roles']
    assert.deepEqual(caller(claims, { user: ['email'], client: ['https://x.y/id'], scopes }), ['a@b.c', 'x', 'kv'])
    assert.deepEqual(caller(claims, { user: ['constructor', '__proto__', 'toString.name'] })[0], '')
  })
})

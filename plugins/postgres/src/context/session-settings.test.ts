import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsStep } from './session-settings.js'

const source = { searchPath: ['a', 'b'], roleClaim: undefined, anonRole: undefined, statementTimeoutMs: 0 }

const settings = (changes: object, ctx: object, remainingMs = 5000): Record<string, string> => {
  const context = { userId: '', timezone: 'UTC', txEnd: 'commit', readOnly: false } as const
  const step = settingsStep(
    { ...source, ...changes },
    { ...context, ctx: Buffer.from(JSON.stringify(ctx)) },
    true,
    remainingMs,
  )
  return JSON.parse(String(step.parameters![0]))
}

test('settings of PostgreSQL itself', () => {
  const { search_path, timezone, statement_timeout, transaction_read_only } = settings({}, {})
  assert.deepEqual([search_path, timezone, statement_timeout, transaction_read_only], ['"a", "b"', 'UTC', '6000', 'on'])
  assert.equal(settings({ statementTimeoutMs: 100 }, {}).statement_timeout, '100')
  assert.equal(settings({}, {}, Number.POSITIVE_INFINITY).statement_timeout, '0')
})

test('the context as JSON and by flattened names, under both prefixes', () => {
  const set = settings(
    {},
    { method: 'GET', claims: { sub: 'a', 'https://x.y/r': [1, { z: true }] }, 'jwt.claims': { sub: 'a' } },
  )
  assert.equal(set['request.method'], 'GET')
  assert.equal(set['request.claims'], '{"sub":"a","https://x.y/r":[1,{"z":true}]}')
  assert.equal(set['request.jwt.claims'], '{"sub":"a"}')
  assert.equal(set['erctx.claims_sub'], 'a')
  assert.equal(set['erctx.claims_https___x_y_r_0'], '1')
  assert.equal(set['request.claims_https___x_y_r_1_z'], 'true')
})

test('the role is the last setting', () => {
  const set = settings({ roleClaim: 'role', anonRole: 'anon' }, { claims: { role: 'user' } })
  assert.equal(Object.keys(set).at(-1), 'role')
  assert.equal(set.role, 'user')
  for (const role of ['', null, undefined]) {
    assert.equal(settings({ roleClaim: 'role', anonRole: 'anon' }, { claims: { role } }).role, 'anon')
  }
  for (const role of ['none', 5, true, ['user'], {}]) {
    const refusal = () => settings({ roleClaim: 'role', anonRole: 'anon' }, { claims: { role } })
    assert.throws(refusal, { reason: 'permission' }, JSON.stringify(role))
  }
  assert.equal(settings({ roleClaim: 'constructor' }, { claims: {} }).role, undefined)
})

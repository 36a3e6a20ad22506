import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nothingLeft, openFor, openReady, pidOf } from './open-fixture.js'

test('a plugin on TCP is started once more with an offer of TLS, and from then on with the offer', async (t) => {
  const fixture = await openReady(t, { evil: 'tcp-tls' })
  const { connection } = fixture
  const first = await pidOf(connection)
  assert.equal(fixture.of('plugin-started').length, 2)
  process.kill(first, 'SIGKILL')
  await connection.waitReady(8000)
  assert.notEqual(await pidOf(connection), first)
  assert.equal(fixture.of('plugin-started').length, 3)
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

test('TLS is offered on the private socket only where the connection says always', async (t) => {
  const fixture = await openReady(t, { evil: 'unix-tls', tls: 'always' })
  assert.equal(typeof (await pidOf(fixture.connection)), 'number')
  assert.equal(fixture.of('plugin-started').length, 1)
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

const refusals = [
  { evil: 'minimal', tls: 'always', expected: /PLUGIN_CLIENT_CERT offered TLS on unix, got none; take the offer/ },
  { evil: 'tcp', tls: 'auto', expected: /PLUGIN_CLIENT_CERT offered TLS on tcp, got none; .*listen on a unix socket/ },
  { evil: 'tcp', tls: 'always', expected: /PLUGIN_CLIENT_CERT offered TLS on tcp, got none/ },
  { evil: 'bad-certificate', tls: 'always', expected: /the base64 of a certificate in the sixth field.*"AAAA/ },
  { evil: 'other-certificate', tls: 'always', expected: /the health check failed: .*certificate/ },
] as const

for (const { evil, tls, expected } of refusals) {
  test(`a plugin that does not take the offer as it should is refused: ${evil}, tls ${tls}`, async (t) => {
    const fixture = openFor(t, { evil, tls })
    await assert.rejects(fixture.connection.ready(), expected)
    assert.deepEqual(await fixture.finish(), nothingLeft)
  })
}

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { createCertificate, parseHandshake } from '@easyrest/protocol'
import { type ChannelCredentials, Client, credentials } from '@grpc/grpc-js'
import { oddProgram } from './fixtures/odd-program.js'
import { healthService, startPlugin } from './testing.js'

test('a host that offers a certificate gets TLS, and nobody else gets in', async () => {
  const host = createCertificate()
  const plugin = await startPlugin(oddProgram, { env: { PLUGIN_CLIENT_CERT: host.certificatePem.toString() } })
  const { address, certificate } = parseHandshake(plugin.stdout[0]!)
  assert.match(certificate, /^[A-Za-z0-9+/]{400,}$/)
  const server = Buffer.from(new X509Certificate(Buffer.from(certificate, 'base64')).toString())
  const stranger = createCertificate()
  const check = (channel: ChannelCredentials) => checkHealth(`unix:${address}`, channel)

  assert.equal(await check(credentials.createSsl(server, host.keyPem, host.certificatePem)), 'SERVING')
  await assert.rejects(check(credentials.createSsl(server, stranger.keyPem, stranger.certificatePem)))
  await assert.rejects(check(credentials.createSsl(server)))
  await assert.rejects(check(credentials.createSsl(stranger.certificatePem, host.keyPem, host.certificatePem)))
  await assert.rejects(check(credentials.createInsecure()))
  assert.equal(await check(credentials.createSsl(server, host.keyPem, host.certificatePem)), 'SERVING')
  assert.equal(await plugin.stop(), 0)
})

test('an offer that is no certificate is refused', async () => {
  const started = startPlugin(oddProgram, { env: { PLUGIN_CLIENT_CERT: 'nonsense' } })
  await assert.rejects(started, /expected a certificate in PEM form in PLUGIN_CLIENT_CERT/)
})

const checkHealth = (target: string, channel: ChannelCredentials): Promise<string> => {
  const client = new Client(target, channel, {
    'grpc.ssl_target_name_override': 'localhost',
    'grpc.use_local_subchannel_pool': 1,
  })
  const { path, requestSerialize, responseDeserialize } = healthService.Check
  return new Promise<string>((resolve, reject) => {
    const deadline = { deadline: Date.now() + 3000 }
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service: 'plugin' },
      deadline,
      (error, answer) => (error ? reject(error) : resolve(answer!.status)),
    )
  }).finally(() => client.close())
}

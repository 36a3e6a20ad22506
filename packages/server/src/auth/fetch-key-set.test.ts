import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { createCertificate } from '@easyrest/protocol'
import { fetchKeySet } from './fetch-key-set.js'

const { certificatePem, keyPem } = createCertificate()
const ca = certificatePem.toString()

describe('fetchKeySet', () => {
  it('answers the text', async (t) => {
    const url = await serve(t, (response) => response.end('{"keys":["ä"]}'))
    assert.equal(await fetchKeySet(url, { ca }), '{"keys":["ä"]}')
  })

  it('trusts nobody whose certificate is not trusted', async (t) => {
    const url = await serve(t, (response) => response.end('{}'))
    await assert.rejects(fetchKeySet(url), /self-signed certificate/)
    await assert.rejects(fetchKeySet(url.replace('localhost', '127.0.0.1'), { ca }), /Hostname\/IP does not match/)
  })

  it('follows nobody elsewhere', async (t) => {
    const url = await serve(t, (response) => response.writeHead(302, { Location: 'https://elsewhere.example' }).end())
    await assert.rejects(fetchKeySet(url, { ca }), /expected status 200, received 302/)
  })

  it('reads 64 KiB at most', async (t) => {
    const url = await serve(t, (response) => response.end('x'.repeat(65_536)))
    assert.equal((await fetchKeySet(url, { ca })).length, 65_536)
    const endless = await serve(t, (response) => {
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    await assert.rejects(fetchKeySet(endless, { ca }), /expected at most 65536 bytes, received more/)
  })

  it('waits a bounded time for the head and for the body', async (t) => {
    const silent = await serve(t, () => {})
    await assert.rejects(fetchKeySet(silent, { ca, timeoutMs: 200 }), /expected an answer within 200 ms/)
    const halting = await serve(t, (response) => response.write('{'))
    await assert.rejects(fetchKeySet(halting, { ca, timeoutMs: 500 }), /expected an answer within 500 ms/)
  })

  it('takes no half of an answer', async (t) => {
    const url = await serve(t, (response) => {
      response.writeHead(200, { 'Content-Length': 100 })
      response.write('{"keys":[]}', () => response.destroy())
    })
    await assert.rejects(fetchKeySet(url, { ca }), /aborted|ECONNRESET/)
  })
})

async function serve(t: TestContext, answer: (response: ServerResponse) => unknown): Promise<string> {
  const server = createServer({ cert: certificatePem, key: keyPem }, (_request, response) => void answer(response))
  server.listen(0, 'localhost')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://localhost:${(server.address() as AddressInfo).port}/keys`
}

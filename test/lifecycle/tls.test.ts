import assert from 'node:assert/strict'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer } from '../support/start-server.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'
import { until } from '../support/until.js'

describe('TLS', () => {
  it('is served with the configured certificate, and with another one after SIGHUP', async (t) => {
    const [first, second] = await Promise.all([certificate('first'), certificate('second')])
    const server = await startServer({ config: tlsConfig, ca: first })
    t.after(() => server.stop())
    const status = async (ca: string): Promise<number | undefined> => {
      const answer = await server.request(pidTarget(), { headers: [authorization()], ca }).catch(() => undefined)
      return answer?.status
    }
    assert.equal(await status(first), 200)
    assert.equal(await status(second), undefined, 'control: a certificate that is not trusted is refused')

    await copyPair('second', server.directory)
    server.signal('SIGHUP')
    await until(async () => (await status(second)) === 200, { what: 'the second certificate' })
    assert.equal(await status(first), undefined)

    await writeFile(server.directory.file('tls.crt'), 'not a certificate')
    server.signal('SIGHUP')
    await server.logLine(/reload.*fail|fail.*reload/i)
    assert.equal(await status(second), 200, 'a certificate that cannot be read changes nothing')
  })
})

async function tlsConfig(directory: TemporaryDirectory): Promise<object> {
  await copyPair('first', directory)
  const files = { tls_cert_file: directory.file('tls.crt'), tls_key_file: directory.file('tls.key') }
  return { ...(await pidConfig(directory, 'pid://one')), tls_enabled: true, ...files }
}

async function copyPair(name: string, directory: TemporaryDirectory): Promise<void> {
  await copyFile(repositoryPath('test/support/tls', `${name}.key`), directory.file('tls.key'))
  await copyFile(repositoryPath('test/support/tls', `${name}.crt`), directory.file('tls.crt'))
}

function certificate(name: string): Promise<string> {
  return readFile(repositoryPath('test/support/tls', `${name}.crt`), 'utf8')
}

import assert from 'node:assert/strict'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer } from '../support/start-server.js'
import { workersOf } from '../support/start-workers.js'
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

  it('has the certificate of the last reload in a worker that starts later, whatever its files hold by then', async (t) => {
    const [first, second] = await Promise.all([certificate('first'), certificate('second')])
    const config = async (directory: TemporaryDirectory) => ({ ...(await tlsConfig(directory)), workers: 2 })
    const server = await startServer({ config, ca: first })
    t.after(() => server.stop())
    await server.logLine(/listening on https/, 15_000)
    const statuses = (ca: string) =>
      Promise.all(
        Array.from({ length: 6 }, async () => {
          const answer = await server.request(pidTarget(), { headers: [authorization()], ca }).catch(() => undefined)
          return answer?.status
        }),
      )

    await copyPair('second', server.directory)
    process.kill(workersOf(server)[0]!, 'SIGKILL')
    await until(() => server.log().match(/worker \d serves/g)?.length === 3, { what: 'the next worker' })
    assert.deepEqual(await statuses(first), Array(6).fill(200))

    server.signal('SIGHUP')
    await server.logLine(/configuration reloaded/)
    assert.deepEqual(await statuses(second), Array(6).fill(200), 'every worker')
    assert.deepEqual(await statuses(first), Array(6).fill(undefined))
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

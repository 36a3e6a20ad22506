import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { checkPlugin, resultText } from '@easyrest/conformance'
import { readSeed } from '../conformance/support.js'
import { GoHost } from '../support/go-host.js'
import { goPrograms } from '../support/go-programs.js'
import type { Header } from '../support/http.js'
import { isRunning } from '../support/is-running.js'
import { pythonEnvironment } from '../support/python-environment.js'
import { repositoryPath } from '../support/repository-path.js'
import { runByHand } from '../support/run-by-hand.js'
import { startServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { signToken } from '../support/token.js'
import { writeProgram } from '../support/write-program.js'

const environment = await pythonEnvironment()
const skip = typeof environment === 'string' && `${environment}; the Python SDK is not tested`
const { python } = environment as Exclude<typeof environment, string>

const run = promisify(execFile)
const sdk = repositoryPath('sdk', 'python')

test('the tests of the Python SDK pass, its generated code with them', { skip }, async () => {
  const { stdout } = await inSdk('-m', 'pytest', '-q', '-p', 'no:cacheprovider')
  assert.match(stdout, /^\d+ passed in /m)
})

test('the Python SDK and its tests are typed and formatted: mypy --strict, ruff', { skip }, async () => {
  const { stdout } = await inSdk('-m', 'mypy', '--cache-dir', repositoryPath('.cache', 'python', 'mypy'))
  assert.match(stdout, /^Success: no issues found in \d+ source files/)
  await inSdk('-m', 'ruff', 'check', '--no-cache', '.')
  await inSdk('-m', 'ruff', 'format', '--no-cache', '--check', '.')
})

test('the smallest plugin in Python passes every check of what it names', { skip }, async (t) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const program = await writeMemory(directory)
  const { results } = await checkPlugin({ program, uri: 'memory://', seed: readSeed('memory') })
  assert.deepEqual(results.filter(({ outcome }) => outcome === 'failed').map(resultText), [])
  const skipped = results.flatMap(({ outcome, reason }) => (outcome === 'skipped' ? [reason!] : []))
  assert.deepEqual(
    skipped.filter((reason) => !/role cache|capability|the seed/.test(reason)),
    [],
  )
  const passed = results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id)
  for (const id of ['handshake.tls', 'session.frames', 'load.memory', 'where.tree', 'lifecycle.sighup']) {
    assert.ok(passed.includes(id), `${id} has not passed`)
  }
})

test('a plugin in Python that its author runs is used by the server, and left alone', { skip }, async (t) => {
  const plugin = await runByHand(t, await temporaryDirectory(), python, memory)
  const server = await startServer({
    config: { check_scope: false, plugins: { mine: { uri: 'memory://', path: '/nonexistent' } } },
    env: { EASYREST_REATTACH_PLUGINS: JSON.stringify({ mine: plugin.handshake }) },
  })
  const headers: Header[] = [
    ['Authorization', `Bearer ${signToken({})}`],
    ['Content-Type', 'application/json'],
  ]
  const rows = '[{"id":9007199254740993,"price":12.50,"data":null,"more":{"a":[1.0,"é"]}}]'
  const created = await server.request('/api/mine/things/', { method: 'POST', headers, body: rows })
  assert.equal(created.status, 201, created.text())
  assert.equal((await server.request('/api/mine/things/', { headers })).text(), rows)
  await server.stop()
  assert.ok(isRunning(plugin.child.pid!))
})

const go = skip ? undefined : goPrograms()
const skipGo = skip || (go === undefined && 'Go is not installed; no Go host started a plugin in Python')

test('a host built with hashicorp/go-plugin starts a plugin in Python and calls it', { skip: skipGo }, async (t) => {
  const host = await startInGoHost(t)
  const { pid } = await host.next<{ pid: number }>('started')
  await host.call('DBPlugin', 'InitConnection', { uri: 'memory://', connectionName: 'go' })
  const rows = Buffer.from('[{"id":9007199254740993}]').toString('base64')
  await host.call('DBPlugin', 'TableCreate', { table: 'things', rows, rowCount: 1 })
  assert.equal((await host.call<{ rows: string }>('DBPlugin', 'TableGet', { table: 'things' })).rows, rows)
  const failed = await host.fail('DBPlugin', 'TableGet', { table: 'thing' })
  assert.match(failed.text, /NotFound/)
  assert.equal(failed.trailer, 1, 'easyrest-error-bin')
  const killed = await host.kill()
  assert.ok(killed.exited && killed.ms < 2000, `the plugin took ${killed.ms} ms to end`)
  assert.ok(!isRunning(pid))
})

test('with AutoMTLS, whose certificate gRPC cannot verify in Python, it is told why', { skip: skipGo }, async (t) => {
  const host = await startInGoHost(t, '-mtls')
  await assert.rejects(host.next('started'), /expected a certificate on the curve P-256 or P-384 in PLUGIN_CLIENT_CERT/)
})

const startInGoHost = async (t: TestContext, ...flags: string[]): Promise<GoHost> => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  return new GoHost(go!, await writeMemory(directory), flags)
}

const memory = repositoryPath('sdk', 'python', 'examples', 'memory.py')

const writeMemory = (directory: TemporaryDirectory): Promise<string> =>
  writeProgram(directory.file('memory'), `exec "${python}" "${memory}"`)

/** With what it printed in the error, when it fails. */
const inSdk = (...args: string[]) =>
  run(python, args, { cwd: sdk, maxBuffer: 1 << 26, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } }).catch(
    (error: { stdout?: string; stderr?: string }) => assert.fail(`${error.stdout}\n${error.stderr}`),
  )

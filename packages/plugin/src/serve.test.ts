import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { oddProgram } from './fixtures/odd-program.js'
import { brokerService, dbService, healthService, pluginService, startPlugin } from './testing.js'

const ownPackage = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

const runAlone = (env: Record<string, string>) =>
  spawnSync(process.execPath, [oddProgram], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    timeout: 10_000,
  })

test('run by hand, the program says what it is and ends with status 1', () => {
  for (const env of [{}, { EASYREST_PLUGIN: 'other' }]) {
    const { status: code, stdout, stderr } = runAlone(env)
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^This binary is a plugin\. These are not meant to be executed directly\.\n/)
    assert.match(stderr, /easyrest-server --config/)
  }
})

test('a socket path that Node would cut is refused with status 1', () => {
  const parent = mkdtempSync(join(tmpdir(), 'er-'))
  const directory = join(parent, 'd'.repeat(90))
  mkdirSync(directory)
  const { status: code, stdout, stderr } = runAlone({ EASYREST_PLUGIN: 'easyrest', PLUGIN_UNIX_SOCKET_DIR: directory })
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /expected a socket path of at most 103 bytes, got 1\d\d: .*; set PLUGIN_UNIX_SOCKET_DIR/)
  rmSync(parent, { recursive: true })
})

test('a directory that is not there is named', () => {
  const { status: code, stderr } = runAlone({ EASYREST_PLUGIN: 'easyrest', PLUGIN_UNIX_SOCKET_DIR: '/nowhere' })
  assert.equal(code, 1)
  assert.match(stderr, /cannot listen on unix:\/nowhere\/plugin/)
})

test('the handshake is one exact line, and nothing else reaches standard output', async () => {
  const plugin = await startPlugin(oddProgram)
  await plugin.call(dbService.InitConnection, { uri: 'odd://' })
  await plugin.call(dbService.TableGet, { table: 'prints' })
  assert.equal(plugin.stdout.length, 1)
  const [, path] = /^1\|2\|unix\|([^|]+)\|grpc\|$/.exec(plugin.stdout[0]!)!
  assert.ok(path!.startsWith(`${plugin.directory}/`))
  assert.equal(statSync(path!).mode & 0o777, 0o600)
  assert.equal(await plugin.stop(), 0)
  assert.deepEqual(plugin.stdout.length, 1)
  assert.ok(!existsSync(path!))
})

const handshakes: [title: string, env: Record<string, string | undefined>, line: RegExp][] = [
  ['without versions, the own one is named', { PLUGIN_PROTOCOL_VERSIONS: undefined }, /^1\|2\|unix\|[^|]+\|grpc\|$/],
  ['of several versions, the highest common', { PLUGIN_PROTOCOL_VERSIONS: '3,1,2' }, /^1\|2\|unix\|[^|]+\|grpc\|$/],
  ['without a common version, the own one', { PLUGIN_PROTOCOL_VERSIONS: '1,x' }, /^1\|2\|unix\|[^|]+\|grpc\|$/],
  ['an offer of multiplexing is declined', { PLUGIN_MULTIPLEX_GRPC: 'true' }, /^1\|2\|unix\|[^|]+\|grpc\|\|false$/],
]

for (const [title, env, line] of handshakes) {
  test(`handshake: ${title}`, async () => {
    const plugin = await startPlugin(oddProgram, { env })
    assert.match(plugin.stdout[0]!, line)
    await plugin.stop()
  })
}

test('health, description, broker, and what is not there', async () => {
  const plugin = await startPlugin(oddProgram)
  for (const service of ['plugin', '']) {
    assert.deepEqual(await plugin.call(healthService.Check, { service }), { status: 'SERVING' })
  }
  await assert.rejects(plugin.call(healthService.Check, { service: 'other' }), { code: status.NOT_FOUND })
  const watch = plugin.stream(healthService.Watch, { service: 'plugin' })
  watch.on('error', () => {})
  assert.deepEqual(await new Promise((resolve) => watch.once('data', resolve)), { status: 'SERVING' })

  assert.deepEqual(await plugin.call(pluginService.GetInfo, { hostName: 'test', hostVersion: '1' }), {
    name: 'odd',
    version: '1.2.3',
    roles: ['db', 'cache'],
    schemes: ['odd', 'Odder'],
    capabilities: ['session', 'count', 'stream', 'cache_delete'],
    limits: { maxInFlight: 7, maxMessageBytes: 0 },
    sdk: `${ownPackage.name} ${ownPackage.version}`,
  })
  plugin.stream(brokerService.StartStream).on('error', () => {})
  await assert.rejects(plugin.call(dbService.Query, { statement: 'x' }), {
    reason: 'unsupported',
    details: { capability: 'query' },
  })
  const nothing = { ...dbService.Query, path: '/easyrest.plugin.v1.DBPlugin/Nothing' }
  await assert.rejects(plugin.call(nothing), { code: status.UNIMPLEMENTED })
  await plugin.stop()
})

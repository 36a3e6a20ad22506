import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { tableGetRequest } from '@easyrest/protocol'
import { CallError } from './call-error.js'
import { callErrorOf, type FixtureOptions, fixturePath, nothingLeft, openFixture, pidOf } from './open-fixture.js'

// Each start failure names the connection, the program, what was seen, and the next step.
const failures: readonly { evil: string; expected: readonly RegExp[]; startTimeoutMs?: number }[] = [
  {
    evil: 'silent',
    startTimeoutMs: 700,
    expected: [/handshake within 700 ms, got none/, /standard output: nothing/, /by hand/],
  },
  {
    evil: 'garbage',
    startTimeoutMs: 700,
    expected: [/"Welcome to my database!\\nusing config/, /nothing but the handshake/],
  },
  { evil: 'nuls', startTimeoutMs: 700, expected: [/standard output: "\\u0000\\u0000/] },
  { evil: 'coloured', startTimeoutMs: 700, expected: [/got none/, /standard output: "\\u001b\[32m1\|2\|unix/] },
  { evil: 'multiplexes', expected: [/multiplexes.*PLUGIN_MULTIPLEX_GRPC/] },
  { evil: 'binary-garbage', expected: [/ended before/, /exited with code 0/, /\\u0007\\u000e/] },
  { evil: 'endless-line', expected: [/more than 4096 bytes without a line end: "xxx/] },
  {
    evil: 'exits-at-once',
    expected: [/exited with code 3/, /"cannot open the license file" "giving up"/, /standard output: nothing/],
  },
  { evil: 'exits-zero', expected: [/exited with code 0/] },
  { evil: 'killed-at-once', expected: [/ended by SIGTERM/] },
  { evil: 'netrpc', expected: [/speaks net\/rpc/, /build it again with an SDK/, /\|netrpc\|/] },
  { evil: 'wrong-version', expected: [/incompatible API version with plugin. Plugin version: "9"/, /"1\|9\|unix/] },
  { evil: 'wrong-core', expected: [/core protocol version 1, got "7"/] },
  { evil: 'wrong-network', expected: [/unix or tcp, got "pigeon"/] },
  { evil: 'certificate', expected: [/a certificate although the host offered no TLS/] },
  { evil: 'tcp-outside', expected: [/tcp address on this machine.*got "10.0.0.1:80"/] },
  { evil: 'tcp-everywhere', expected: [/tcp address on this machine.*got "0.0.0.0:80"/] },
  { evil: 'no-socket', expected: [/expected a socket at .*nothing is there/] },
  { evil: 'not-listening', expected: [/the health check failed/, /ECONNREFUSED/, /after it has begun to listen/] },
  { evil: 'not-http2', expected: [/the health check failed/] },
  { evil: 'mute-listener', startTimeoutMs: 700, expected: [/the health check failed: no answer/, /start_timeout/] },
  { evil: 'socket-outside', expected: [/expected a socket in .*PLUGIN_UNIX_SOCKET_DIR/] },
  { evil: 'not-a-socket', expected: [/it is something else/] },
  { evil: 'crash-in-init', expected: [/InitConnection failed/, /ended by SIGABRT/, /"panic: no such luck"/] },
  { evil: 'hang-in-health', startTimeoutMs: 700, expected: [/the health check failed: no answer before the deadline/] },
  { evil: 'no-services', expected: [/InitConnection failed: the plugin answered unsupported/] },
]

for (const { evil, expected, startTimeoutMs } of failures) {
  test(`a plugin that misbehaves at start is named with what was seen: ${evil}`, async (t) => {
    const fixture = openFixture({ evil, limits: startTimeoutMs === undefined ? {} : { startTimeoutMs } })
    t.after(fixture.finish)
    const error = await failureOf(fixture.connection.ready())
    assert.match(error.message, /^connection shop: plugin program \/.*evil-plugin.mjs did not start: /)
    assert.match(error.message, /standard error: /)
    for (const pattern of expected) assert.match(error.message, pattern)
    assert.ok(error.message.length < 2500, `${error.message.length} characters`)
    assert.doesNotMatch(error.message, /\n/)
    const refused = await failureOf(fixture.connection.db.tableGet(tableGetRequest('pid')))
    assert.ok(refused instanceof CallError && refused.kind === 'unavailable' && !refused.sent)
    assert.deepEqual(await fixture.finish(), nothingLeft)
  })
}

const programs: readonly { name: string; content: string; mode: number; expected: RegExp }[] = [
  { name: 'not executable', content: '#!/bin/sh\n', mode: 0o644, expected: /is not executable.*chmod \+x/ },
  {
    name: 'no interpreter',
    content: '#!/no/such/shell\n',
    mode: 0o755,
    expected: /ENOENT.*\/no\/such\/shell does not/,
  },
  { name: 'no #! line', content: 'no such command\n', mode: 0o755, expected: /has no #! line/ },
  { name: 'of another machine', content: foreignElf(), mode: 0o755, expected: /was built for s390x/ },
  { name: 'empty', content: '', mode: 0o755, expected: /by hand/ },
]

for (const { name, content, mode, expected } of programs) {
  test(`a program that cannot run is explained: ${name}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'program-'))
    const path = join(directory, 'plugin')
    await writeFile(path, content, 'latin1')
    await chmod(path, mode)
    const error = await startError({ path })
    assert.match(error.message, /^connection shop: /)
    assert.ok(error.message.includes(path))
    assert.match(error.message, expected)
    await rm(directory, { recursive: true })
  })
}

test('a program that does not have the pinned checksum is not started', async () => {
  const error = await startError({ sha256: 'ab'.repeat(32) })
  assert.match(error.message, /expected .*fixture-plugin.mjs to have sha256 abab.*got [0-9a-f]{64}/)
})

test('variables that belong to the contract are refused in env', async () => {
  const error = await startError({ env: { PLUGIN_MULTIPLEX_GRPC: 'true' } })
  assert.match(error.message, /PLUGIN_MULTIPLEX_GRPC belongs to the contract/)
})

test('other connections do not notice a plugin that cannot start', async (t) => {
  const good = openFixture()
  const bad = openFixture({ evil: 'endless-line' })
  t.after(good.finish)
  t.after(bad.finish)
  await failureOf(bad.connection.ready())
  assert.equal(typeof (await pidOf(good.connection)), 'number')
})

test('the password of the URI appears in no log record and no error', async (t) => {
  const fixture = openFixture({ evil: 'leaks-uri' })
  t.after(fixture.finish)
  await fixture.connection.ready()
  const logged = fixture.of('plugin-log').find(({ message }) => message.startsWith('connecting to'))
  assert.equal(logged?.message, 'connecting to fixture://user:***@host/db')
  const down = openFixture({ uri: 'fixture://user:swordfish@host/db?waitFor=/nonexistent' })
  t.after(down.finish)
  const error = await failureOf(down.connection.ready())
  assert.match(error.message, /unavailable: the database is down \(ECONNREFUSED for fixture:\/\/user:\*\*\*@host/)
  assert.match(error.message, /check that the database is running/)
})

// Guard: isInside in verify-address.ts.
test('a plugin that names the socket of another is refused, and the other is not asked', async (t) => {
  const other = openFixture()
  t.after(other.finish)
  await other.connection.ready()
  const { rows } = await other.connection.db.tableGet(tableGetRequest('env'))
  const directory = JSON.parse(Buffer.from(rows).toString())[0].PLUGIN_UNIX_SOCKET_DIR
  const error = await startError({ evil: 'socket-of-another', env: { OTHER: join(directory, 'plugin.sock') } })
  assert.match(error.message, /expected a socket in .*er-.*, got .*plugin.sock.*PLUGIN_UNIX_SOCKET_DIR/)
})

test('the fixtures exist where the tests look for them', () => {
  assert.ok(existsSync(fixturePath('evil-plugin.mjs')))
})

const startError = async (options: FixtureOptions): Promise<Error> => {
  const fixture = openFixture(options)
  const error = await failureOf(fixture.connection.ready()).finally(() => fixture.connection.close(0))
  assert.deepEqual(await fixture.finish(), nothingLeft)
  return error
}

const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => assert.fail('expected a failure'),
    (error: Error) => error,
  )

function foreignElf(): string {
  const header = Buffer.alloc(64)
  header.write('\x7fELF\x02\x02\x01', 'latin1')
  header.writeUInt16BE(2, 16)
  header.writeUInt16BE(22, 18)
  return header.toString('latin1')
}

test('who waits for a plugin that does not start learns that, and not what it printed', async (t) => {
  const { connection, finish } = openFixture({ evil: 'exits-at-once' })
  t.after(finish)
  await assert.rejects(connection.ready())
  const error = await callErrorOf(connection.waitReady(50), 'unavailable')
  assert.equal(error.message, 'connection shop was not ready within 50 ms: its plugin does not start')
  assert.match(String(error.cause), /cannot open the license file/)
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { checks } from '@easyrest/conformance'
import { repositoryPath } from '../support/repository-path.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { writeNodeProgram, writeProgram } from '../support/write-program.js'

let directory: TemporaryDirectory

before(async () => {
  directory = await temporaryDirectory()
})

after(() => directory.remove())

const memory = repositoryPath('plugins/examples/memory/bin/easyrest-plugin-memory.js')
const seed = repositoryPath('test/conformance/seeds/memory.json')

test('docs/conformance.md has every group', () => {
  const documented = readFileSync(repositoryPath('docs/conformance.md'), 'utf8')
  const [, table] = documented.split('## The groups')
  const groups = new Set(checks.map(({ id }) => id.split('.')[0]!))
  assert.deepEqual(
    [...groups].filter((name) => !table!.includes(`\`${name}\``)),
    [],
  )
})

test('a plugin that passes: status 0, and a line for each check', async () => {
  const { status, stdout } = await run(
    memory,
    '--uri',
    'memory://',
    '--seed',
    seed,
    '--only',
    'start',
    '--only',
    'where.eq',
  )
  assert.equal(status, 0, stdout)
  assert.match(stdout, /^ {2}ok {7}start\.health: /m)
  assert.match(stdout, /^ {2}ok {7}where\.eq: /m)
  assert.match(stdout, /^ {2}skipped {2}start\.unreachable: the seed has no unreachable$/m)
  assert.match(stdout, /: \d+ passed, 0 failed, 1 skipped$/m)
})

test('a report per capability, as JUnit XML and as JSON, through the command of the server', async () => {
  const junit = directory.file('report.xml')
  const json = directory.file('report.json')
  const wanted = ['--only', 'handshake.line', '--only', 'start.health', '--only', 'stream.rows']
  const args = ['plugin', 'check', memory, '--uri', 'other://<&"', ...wanted]
  const { status, stdout } = await runProgram(server, ...args, '--junit', junit, '--json', json)
  assert.equal(status, 1, stdout)
  assert.match(stdout, /^ {2}capability +passed +failed +skipped\n {2}every plugin +1 +1 +0\n {2}stream +0 +0 +1$/m)
  const xml = readFileSync(junit, 'utf8')
  assert.match(xml, /<testsuite name=".*" tests="3" failures="1" skipped="1" time="[\d.]+">/)
  assert.match(
    xml,
    /<testcase classname="start" name="start\.health: .*"><failure message="expected a plugin that starts/,
  )
  assert.match(xml, /name="stream\.rows: .*"><skipped message="no seed was given/)
  assert.doesNotMatch(xml.replace(/<\/?(\?xml|testsuite|testcase|failure|skipped)\b[^<]*?>/g, ''), /[<>]/)
  const report = JSON.parse(readFileSync(json, 'utf8'))
  assert.deepEqual([report.passed, report.failed, report.skipped], [1, 1, 1])
  assert.deepEqual(report.capabilities[1], { capability: 'stream', passed: 0, failed: 0, skipped: 1 })
  const failure = report.results.find((result: { id: string }) => result.id === 'start.health')
  assert.equal(failure.outcome, 'failed')
  assert.match(failure.received, /bad_value/)
})

test('without a seed the checks of tables are skipped, and say so', async () => {
  const { status, stdout } = await run(memory, '--uri', 'memory://', '--only', 'where')
  assert.equal(status, 0, stdout)
  assert.match(stdout, /skipped {2}where\.eq: no seed was given \(docs\/conformance\.md\)/)
})

test('the suite passes through a plugin that breaks a rule: status 1, the call, the rule, and both sides', async () => {
  const { status, stdout } = await run(
    memory,
    '--uri',
    'other://',
    '--only',
    'start.health',
    '--only',
    'handshake.line',
  )
  assert.equal(status, 1, stdout)
  assert.match(stdout, /ok {7}handshake\.line/)
  assert.match(stdout, /FAILED {3}start\.health/)
  assert.match(stdout, /rule {6}db\.proto, DBPlugin\.InitConnection/)
  assert.match(stdout, /expected {2}a plugin that starts \(InitConnection\)/)
  assert.match(stdout, /received {2}the refusal bad_value: expected a URI that begins with memory:\/\//)
})

const hopeless: [title: string, script: string, received: RegExp][] = [
  ['prints rubbish', 'echo Welcome; exec sleep 60', /received {2}expected a handshake like .*got "Welcome"/],
  ['prints half a line', 'printf "1|2|unix"; exec sleep 60', /received {2}none; standard output: "1\|2\|unix"/],
  ['prints nothing', 'exec sleep 60', /received {2}none$/m],
  ['ends at once', 'echo no license >&2; exit 3', /the program \(status 3\); standard error: "no license\\n"/],
  ['floods', 'exec yes', /received {2}expected a handshake like .*got "y"/],
]

for (const [title, script, received] of hopeless) {
  test(`a program that ${title} is reported with the rule, and not tried for each check`, async () => {
    const program = await writeProgram(directory.file('program'), script)
    const start = performance.now()
    const { status, stdout } = await run(program, '--uri', 'x://y', '--seed', seed, '--start-timeout', '1000')
    assert.equal(status, 1)
    assert.match(stdout, /FAILED {3}handshake\.time|FAILED {3}handshake\.line/)
    assert.match(stdout, /rule {6}plugin\.proto, the line on standard output/)
    assert.match(stdout, received)
    assert.match(stdout, /skipped {2}where\.eq: the plugin does not start, as the failures above say/)
    assert.ok(performance.now() - start < 30_000)
  })
}

test('a program that does not exist, or cannot be executed', async () => {
  const program = await writeProgram(directory.file('plain'), 'exit 0', { executable: false })
  for (const [path, code] of [
    [directory.file('none'), 'ENOENT'],
    [program, 'EACCES'],
  ] as const) {
    const { status, stdout } = await run(path, '--uri', 'x://y', '--start-timeout', '1000')
    assert.equal(status, 1)
    assert.match(stdout, new RegExp(`received {2}no process: spawn .* ${code}`))
  }
})

test('a plugin that hangs in every call is reported, and nothing of it is left', async () => {
  const script = repositoryPath('test/support/plugins/evil-plugin.mjs')
  const program = await writeNodeProgram(directory.file('evil'), script)
  const { status, stdout } = await run(
    program,
    '--uri',
    'fixture://',
    '--env',
    'EVIL=hang-in-health',
    '--only',
    'start.health',
  )
  assert.equal(status, 1)
  assert.match(
    stdout,
    /FAILED {3}start\.health[\s\S]*call {6}Check \{"service":"plugin"\}[\s\S]*received {2}the failed call \(timeout\)/,
  )
})

test('a plugin without GetInfo is taken for a minimal one', async () => {
  const script = repositoryPath('test/support/plugins/evil-plugin.mjs')
  const program = await writeNodeProgram(directory.file('evil'), script)
  const only = ['start.info', 'start.repeat', 'cache.set', 'lifecycle.shutdown', 'session.answers']
  const args = only.flatMap((id) => ['--only', id])
  const { status, stdout } = await run(program, '--uri', 'fixture://', '--env', 'EVIL=minimal', ...args)
  assert.equal(status, 0, stdout)
  assert.match(stdout, /skipped {2}start\.info: the plugin does not serve GetInfo/)
  assert.match(stdout, /skipped {2}session\.answers: the plugin does not name the capability session/)
  assert.match(stdout, /skipped {2}lifecycle\.shutdown: the plugin does not serve plugin\.GRPCController/)
  assert.match(stdout, /ok {7}cache\.set/)
})

const badSeeds: [seed: string, message: RegExp][] = [
  ['{', /expected a seed as docs\/conformance\.md describes it/],
  ['{"table":"t","key":"id","columns":{"text":"a","integer":"b"},"tabel":"x"}', /tabel/],
  ['{"table":"a b","key":"id","columns":{"text":"a","integer":"b"}}', /expected a name that matches/],
  ['{"table":"t","key":"id","columns":{"text":"a"}}', /integer/],
]

for (const [text, message] of badSeeds) {
  test(`a seed that is none: status 2 and why: ${text}`, async () => {
    const file = directory.file('seed.json')
    await writeFile(file, text)
    expectUsage(await run(memory, '--uri', 'memory://', '--seed', file), message)
  })
}

const badCommands: [args: string[], message: RegExp][] = [
  [[], /expected one PROGRAM/],
  [['a', 'b', '--uri', 'x://'], /expected one PROGRAM/],
  [['a'], /expected --uri/],
  [['a', '--uri', 'x://', '--seed', '/nonexistent/seed.json'], /ENOENT/],
  [['a', '--uri', 'x://', '--seed', '/'], /EISDIR/],
  [['a', '--uri', 'x://', '--only', 'wher'], /expected --only with one of handshake, .*got wher/],
  [['a', '--uri', 'x://', '--env', 'NAME'], /expected --env NAME=VALUE, got "NAME"/],
  [['a', '--uri', 'x://', '--start-timeout', '1s'], /expected --start-timeout in milliseconds/],
  [['a', '--uri', 'x://', '--sead', 'x'], /--sead/],
]

for (const [args, message] of badCommands) {
  test(`a wrong command: status 2 and how it is used: ${args.join(' ')}`, async () => {
    expectUsage(await run(...args), message)
  })
}

const expectUsage = ({ status, stdout, stderr }: Awaited<ReturnType<typeof run>>, message: RegExp): void => {
  assert.equal(status, 2, stdout)
  assert.match(stderr, message)
  assert.match(stderr, /^usage: easyrest-conformance PROGRAM/m)
  assert.doesNotMatch(stderr, /^\s+at /m)
}

const command = repositoryPath('packages/conformance/bin/easyrest-conformance.js')
const server = repositoryPath('packages/server/bin/easyrest-server.js')

const run = (...args: string[]) => runProgram(command, ...args)

const runProgram = async (program: string, ...args: string[]) => {
  const child = spawn(process.execPath, [program, ...args])
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (bytes) => {
    stdout += bytes
  })
  child.stderr.on('data', (bytes) => {
    stderr += bytes
  })
  const [status] = await once(child, 'close')
  return { status: status as number, stdout, stderr }
}

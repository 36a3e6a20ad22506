import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { isRunning } from '../support/is-running.js'
import { repositoryPath, serverProgram } from '../support/repository-path.js'
import { startServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { testSecret } from '../support/token.js'
import { writeProgram } from '../support/write-program.js'

describe('easyrest-server', () => {
  let directory: TemporaryDirectory
  before(async () => {
    directory = await temporaryDirectory()
    const trace = await writeProgram(directory.file('trace'), `touch "${directory.file('was-started')}"; exit 1`)
    await writeFile(directory.file('good.yaml'), `plugins: { t: { uri: "pid://x", path: ${trace} } }\n`)
    const fixture = await fixtureProgram('pid-plugin', directory)
    const plugin = await writeProgram(directory.file('plugin'), `echo $$ > "${directory.file('pid')}"; exec ${fixture}`)
    await writeFile(directory.file('starts.yaml'), `plugins: { p: { uri: "pid://x", path: ${plugin} } }\n`)
    await writeFile(directory.file('missing.yaml'), 'plugins: { t: { uri: "pid://x", path: /no-such-program } }\n')
    await writeFile(directory.file('bad.yaml'), 'plugins:\n  t: { uri: "pid://x", pth: /no-such-program }\n')
  })
  after(() => directory.remove())

  it('R4: --version prints the version and ends', () => {
    const { version } = JSON.parse(readFileSync(repositoryPath('packages/server/package.json'), 'utf8')) as {
      version: string
    }
    assert.deepEqual(run('--version'), { status: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('--help names the options and ends', () => {
    const { status, stdout } = run('--help')
    assert.equal(status, 0)
    for (const option of ['--config', '--port', '--host', '--check', '--token-secret', '--version']) {
      assert.ok(stdout.includes(option), `expected ${option} in the help`)
    }
  })

  it('refuses an option that does not exist', () => {
    const { status, stderr } = run('--prot', '8080')
    assert.equal(status, 2)
    assert.match(stderr, /--port/)
  })

  it('--check says that a configuration is right, without starting anything', () => {
    const { status, stdout } = run('--config', directory.file('good.yaml'), '--check')
    assert.equal(status, 0)
    assert.ok(!stdout.includes(testSecret))
    assert.ok(!existsSync(directory.file('was-started')))
  })

  it('--check says with 69 that a plugin is missing', () => {
    const { status, stderr } = run('--config', directory.file('missing.yaml'), '--check')
    assert.equal(status, 69)
    assert.match(stderr, /connection t: .*\/no-such-program does not exist/)
  })

  it('--check --start starts the plugins and stops them again', () => {
    const good = run('--config', directory.file('starts.yaml'), '--check', '--start')
    assert.equal(good.status, 0, good.stderr)
    assert.match(good.stdout, /p: ready: pid 0\.0\.0, program .*plugin, capabilities /)
    const pid = Number(readFileSync(directory.file('pid'), 'utf8'))
    assert.ok(pid > 0 && !isRunning(pid))
  })

  it('--check --start says with 69 what a plugin that does not start has said', () => {
    const bad = run('--config', directory.file('good.yaml'), '--check', '--start')
    assert.equal(bad.status, 69)
    assert.match(bad.stderr, /connection t: plugin program .*trace did not start: .*handshake/)
    assert.ok(existsSync(directory.file('was-started')), 'control: it was started')
  })

  it('--start without --check is a mistake', () => {
    const { status, stderr } = run('--config', directory.file('starts.yaml'), '--start')
    assert.equal(status, 2)
    assert.match(stderr, /--start belongs to --check/)
  })

  it('--check says what is wrong with a configuration, and where', () => {
    const { status, stderr } = run('--config', directory.file('bad.yaml'), '--check')
    assert.equal(status, 78)
    assert.match(stderr, /bad\.yaml:2:\d+.*path/)
  })

  it('refuses a configuration file that is not there', () => {
    const { status, stderr } = run('--config', directory.file('none.yaml'))
    assert.equal(status, 78)
    assert.match(stderr, /none\.yaml/)
  })

  it('says so when its port is taken', async (t) => {
    const config = { plugins: { t: { uri: 'pid://x', path: '/no-such-program' } } }
    const first = await startServer({ config })
    t.after(() => first.stop())
    const { port } = new URL(first.origin)
    const second = run('--config', directory.file('good.yaml'), '--port', port)
    assert.notEqual(second.status, 0)
    assert.match(`${second.stdout}${second.stderr}`, new RegExp(port))
    assert.equal((await first.request('/health')).status, 200, 'control: the first one serves on')
  })
})

function run(...options: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [serverProgram(), ...options], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ER_TOKEN_SECRET: testSecret },
    timeout: 20_000,
  })
  return { status, stdout, stderr }
}

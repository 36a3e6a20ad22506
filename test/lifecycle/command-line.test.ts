import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { repositoryPath, serverProgram } from '../support/repository-path.js'
import { startServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { testSecret } from '../support/token.js'

describe('easyrest-server', () => {
  let directory: TemporaryDirectory
  before(async () => {
    directory = await temporaryDirectory()
    await writeFile(directory.file('good.yaml'), 'plugins: { t: { uri: "pid://x", path: /no-such-program } }\n')
    await writeFile(directory.file('bad.yaml'), 'plugins:\n  t: { uri: "pid://x", pth: /no-such-program }\n')
  })
  after(() => directory.remove())

  it('--version prints the version and ends', () => {
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

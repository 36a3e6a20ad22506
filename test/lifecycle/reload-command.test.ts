import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { adminOrigin, metric } from '../support/admin.js'
import { freePort } from '../support/free-port.js'
import { askPid, pidConfig } from '../support/pid-connection.js'
import { serverProgram } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'

describe('easyrest-server reload', () => {
  let server: TestServer
  let admin: { listen: string }
  before(async () => {
    admin = { listen: `127.0.0.1:${await freePort()}` }
    server = await startServer({
      config: async (directory) => ({ admin, ...(await pidConfig(directory, 'pid://one')) }),
    })
  })
  after(() => server?.stop())

  // The one who asks has none of the server's environment: no secret is needed to find the server.
  const reload = (...options: string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const words = [serverProgram(), 'reload', ...options]
      execFile(process.execPath, words, { env: {}, cwd: server.directory.path }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr })
      })
    })

  it('says what changed, when it is in force', async () => {
    await server.writeConfig({ admin, ...(await pidConfig(server.directory, 'pid://u:hunter2@two')), access_log: true })
    const { code, output } = await reload('--config', 'config.yaml')
    assert.equal(code, 0, output)
    assert.match(
      output,
      /^reloaded, generation 2:\n {2}connection p changed: uri\n {2}access_log changed \(false -> true\)\n$/,
    )
    assert.equal((await askPid(server)).uri, 'pid://u:hunter2@two')
    assert.equal(await metric(server, 'easyrest_config_reload_total'), 1)
    assert.deepEqual(await reload(), { code: 0, output: 'reloaded, generation 3:\n  nothing changed\n' })
  })

  it('says what waits for the next start', async () => {
    await server.writeConfig({ admin, ...(await pidConfig(server.directory, 'pid://u:hunter2@two')), workers: 2 })
    const { output } = await reload()
    assert.match(output, /restart needed for: workers/)
  })

  it('says with 78 what is wrong with the configuration, and changes nothing', async () => {
    const before = await askPid(server)
    await server.writeConfig({ admin, plugins: { p: { uri: 'pid://three', pth: '/x' } } })
    const { code, output } = await reload()
    assert.equal(code, 78, output)
    assert.match(
      output,
      /^reload failed, the old configuration stays in force: .*config\.yaml:\d+:\d+: plugins\.p: unknown key "pth"/,
    )
    assert.deepEqual(await askPid(server), before)
    assert.equal(await metric(server, 'easyrest_config_reload_failed_total'), 1)
    assert.equal(await metric(server, 'easyrest_config_last_reload_success'), 0)
  })

  it('says with 78 that the file is no YAML without asking anybody', async () => {
    await server.writeConfig('plugins: [')
    const { code, output } = await reload()
    assert.equal(code, 78)
    assert.match(output, /config\.yaml:1:\d+: not valid YAML/)
  })

  it('says with 69 that a plugin did not start, and changes nothing', async () => {
    const before = await askPid(server)
    await server.writeConfig({ admin, plugins: { p: { uri: 'pid://three', path: '/no-such-program' } } })
    const { code, output } = await reload()
    assert.equal(code, 69, output)
    assert.match(output, /connection p: .*\/no-such-program does not exist/)
    assert.deepEqual(await askPid(server), before)
  })

  it('finds the server by --admin too', async () => {
    await server.writeConfig({ admin, ...(await pidConfig(server.directory, 'pid://four')) })
    const { code } = await reload('--admin', new URL(await adminOrigin(server)).host)
    assert.equal(code, 0)
    assert.equal((await askPid(server)).uri, 'pid://four')
  })

  it('says what to do when there is nobody to ask', async () => {
    const nobody = await reload('--admin', `127.0.0.1:${await freePort()}`)
    assert.equal(nobody.code, 1)
    assert.match(nobody.output, /no server answers at 127\.0\.0\.1:\d+ .*kill -SIGHUP/)
    await server.writeConfig({ plugins: {} })
    const nowhere = await reload()
    assert.equal(nowhere.code, 1)
    assert.match(nowhere.output, /no admin listener is configured.*--admin.*kill -SIGHUP/)
  })
})

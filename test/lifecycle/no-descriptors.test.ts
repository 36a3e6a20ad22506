import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { open, readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { it } from 'node:test'
import { freePort } from '../support/free-port.js'
import { serverProgram, sqlitePlugin } from '../support/repository-path.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { testSecret } from '../support/token.js'
import { until } from '../support/until.js'

it('A plugin that ends while the server has no descriptors left is started again when there are some', async (t) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const port = await freePort()
  const config = directory.file('config.yaml')
  const plugins = { p: { uri: 'sqlite://:memory:', path: sqlitePlugin() } }
  await writeFile(config, JSON.stringify({ port, plugins }))
  const file = await open(directory.file('log'), 'a')
  t.after(() => file.close())
  const command = ['-c', 'ulimit -n 256; exec "$@"', 'sh', process.execPath, serverProgram(), '--config', config]
  const env = { ...process.env, ER_TOKEN_SECRET: testSecret }
  const server = spawn('/bin/sh', command, { env, stdio: ['ignore', file.fd, file.fd] })
  t.after(() => server.kill('SIGKILL'))
  const readyPids = async (): Promise<number[]> => {
    const log = await readFile(directory.file('log'), 'utf8')
    assert.equal(server.exitCode, null, `the server has ended:\n${log}`)
    return [...log.matchAll(/"pid":(\d+).*"msg":"p: ready/g)].map(([, pid]) => Number(pid))
  }
  const [pid] = await until(
    async () => {
      const pids = await readyPids()
      return pids.length > 0 && pids
    },
    { what: 'the plugin to be ready' },
  )
  const sockets: Socket[] = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  t.after(() => sockets.map((socket) => socket.destroy()))
  await until(() => sockets.every(({ connecting }) => !connecting), { what: 'the connections' })
  process.kill(pid!, 'SIGKILL')
  const said = async (): Promise<boolean> => /descriptors left/.test(await readFile(directory.file('log'), 'utf8'))
  await until(async () => (await readyPids()).length > 0 && (await said()), { what: 'the log to say so' })
  for (const socket of sockets) socket.destroy()
  await until(async () => (await readyPids()).length > 1, { what: 'the next plugin', timeoutMs: 30_000 })
})

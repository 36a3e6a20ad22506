import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { freePort } from './free-port.js'
import { serverProgram } from './repository-path.js'
import type { Exit } from './start-server.js'
import { temporaryDirectory } from './temporary-directory.js'
import { testSecret } from './token.js'
import { until } from './until.js'

export interface EarlyServer {
  readonly child: ChildProcess
  /** Where it is going to listen. */
  readonly origin: string
  readonly exited: Promise<Exit>
}

/** Starts the server and comes back as soon as it has its name, and so its handlers, long before it serves. */
export async function startEarly(t: { after(hook: () => unknown): void }): Promise<EarlyServer> {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const port = await freePort()
  const file = directory.file('config.yaml')
  await writeFile(file, JSON.stringify({ port, token_secret: testSecret, plugins: {} }))
  const child = spawn(process.execPath, [serverProgram(), '--config', file], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }))
  const name = (): string => readFileSync(`/proc/${child.pid}/comm`, 'utf8').trim()
  await until(() => name() === 'easyrest-server', { what: 'the server to have its name', intervalMs: 1 })
  return { child, origin: `http://127.0.0.1:${port}`, exited }
}

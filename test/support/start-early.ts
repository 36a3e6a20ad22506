import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
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

/** Starts the server and comes back as soon as it has a handler for the signal, long before it serves. */
export async function startEarly(
  t: { after(hook: () => unknown): void },
  signal: NodeJS.Signals,
): Promise<EarlyServer> {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const port = await freePort()
  const file = directory.file('config.yaml')
  await writeFile(file, JSON.stringify({ port, token_secret: testSecret, plugins: {} }))
  const child = spawn(process.execPath, [serverProgram(), '--config', file], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }))
  await until(() => catches(child.pid!, signal), { what: `a handler for ${signal}`, intervalMs: 1 })
  return { child, origin: `http://127.0.0.1:${port}`, exited }
}

function catches(pid: number, signal: NodeJS.Signals): boolean {
  const [, mask] = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals[signal] - 1))) !== 0n
}

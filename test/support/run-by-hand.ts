import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import type { TemporaryDirectory } from './temporary-directory.js'

/** A plugin as its author runs it under a debugger: docs/writing-a-plugin.md. It ends with the test. */
export async function runByHand(
  t: TestContext,
  directory: TemporaryDirectory,
  program: string,
  ...args: readonly string[]
): Promise<{ child: ChildProcess; handshake: string }> {
  const child = spawn(program, args, { env: { ...process.env, EASYREST_PLUGIN: 'easyrest', TMPDIR: directory.path } })
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await directory.remove()
  })
  for await (const handshake of createInterface(child.stdout)) return { child, handshake }
  throw new Error('the plugin printed no handshake')
}

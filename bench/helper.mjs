import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { withTimeout } from './with-timeout.mjs'

/** A program of this folder in a process of its own. It answers each message with one message, one at a time. */
export class Helper {
  #child
  #answers = []

  constructor(file, args = [], env = {}) {
    this.file = file
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child.on('message', (message) => this.#answers.shift()?.resolve(message))
    this.#child.on('exit', (code, signal) => {
      const ended = new Error(`${file} ended with ${signal ?? `status ${code}`}`)
      for (const { reject } of this.#answers.splice(0)) reject(ended)
    })
  }

  get pid() {
    return this.#child.pid
  }

  /** Rejects with what the program threw, or when it takes too long. */
  async ask(message, timeoutMs = 60_000) {
    const answered = new Promise((resolve, reject) => {
      this.#answers.push({ resolve, reject })
      this.#child.send(message, (error) => error && reject(error))
    })
    const { error, answer } = await withTimeout(answered, timeoutMs, `${this.file} to answer`)
    if (error !== undefined) throw new Error(error)
    return answer
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    await withTimeout(exited, 5000, `${this.file} to end`).catch(() => this.#child.kill('SIGKILL'))
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { until } from '../until.js'
import { processesIn } from './processes-in.js'
import type { ServerDirectory } from './server-directory.js'

/** How a server is started, and how it is known that it answers. */
export interface ServerCommand {
  /** For messages: PostgreSQL. */
  readonly name: string
  readonly directory: ServerDirectory
  readonly program: string
  readonly args: readonly string[]
  /** The process's working directory, inside `directory`; no other server's. Its log lies beside it. */
  readonly cwd: string
  /** The signal at which it ends in order without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals
  /** Rejects while it does not answer. */
  readonly ask: () => Promise<unknown>
}

/** A server that is ours, with everything that can happen to one. It listens in the same place after every start. */
export class ServerProcess {
  private child: ChildProcess | undefined

  constructor(private readonly command: ServerCommand) {}

  get pid(): number | undefined {
    return this.child?.pid
  }

  /** Where it keeps everything. */
  get directory(): string {
    return this.command.directory.path
  }

  /** Comes back when it answers. */
  async start(): Promise<void> {
    const { program, args, cwd, directory, name } = this.command
    const log = openSync(this.logFile, 'a')
    const child = spawn(program, args, { ...directory.user, cwd, env: environment(cwd), stdio: ['ignore', log, log] })
    closeSync(log)
    child.unref()
    child.once('error', () => {})
    this.child = child
    await until(() => this.answers(child), { what: `${name} to answer`, timeoutMs: 60_000, intervalMs: 20 })
  }

  /** In order: what it keeps is on the disk. */
  async stop(): Promise<void> {
    this.resume()
    await this.end(this.command.stopSignal)
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** As a machine's crash would, except that the operating system keeps what was written. */
  async kill(): Promise<void> {
    for (const pid of this.processes()) signal(pid, 'SIGKILL')
    await this.end('SIGKILL')
  }

  /** It hangs: its connections stand, new ones are accepted by the kernel, nothing is answered. */
  pause(): void {
    // The main process first: it starts no others any more.
    for (const pid of [this.pid!, ...this.processes()]) signal(pid, 'SIGSTOP')
  }

  resume(): void {
    for (const pid of this.processes()) signal(pid, 'SIGCONT')
  }

  /** What it has written to standard output and error since the first start. */
  log(): string {
    return readFileSync(this.logFile, 'utf8')
  }

  private processes(): number[] {
    return processesIn(this.command.cwd)
  }

  private get logFile(): string {
    return `${this.command.cwd}.log`
  }

  private async answers(child: ChildProcess): Promise<boolean> {
    if (hasEnded(child)) throw new Error(`${this.command.name} ended while it started:\n${this.log().slice(-4000)}`)
    return this.command.ask().then(
      () => true,
      () => false,
    )
  }

  private async end(first: NodeJS.Signals): Promise<void> {
    const { child } = this
    if (child === undefined || hasEnded(child)) return
    child.ref()
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
    child.kill(first)
    await once(child, 'exit')
    clearTimeout(timer)
    await until(() => this.processes().length === 0, { what: `the processes of ${this.command.name} to end` })
  }
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

const environment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: home,
  LANG: 'C.UTF-8',
  TZ: 'UTC',
})

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}

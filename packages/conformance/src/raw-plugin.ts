import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { isAbsolute } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { type SocketDirectory, UnaryCaller } from '@easyrest/host'
import { type Handshake, parseHandshake, type Rpc } from '@easyrest/protocol'
import { type ChannelCredentials, Client, credentials } from '@grpc/grpc-js'
import { Violation } from './violation.js'

/** How a process ended: `status 1` or `SIGKILL`. */
export type Ending = `status ${number}` | NodeJS.Signals

/** The program as it is, with nothing between it and the check: its pipes, its signals, its end. */
export class RawPlugin {
  stdout = ''
  stderr = ''
  readonly ended: Promise<Ending>
  hasEnded = false
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  private readonly clients: Client[] = []
  private failure: Error | undefined

  constructor(
    program: string,
    env: Readonly<Record<string, string>>,
    readonly directory: SocketDirectory,
    private readonly startTimeoutMs: number,
  ) {
    // A group of its own, as the host gives it.
    this.child = spawn(program, [], { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stdin.on('error', () => {})
    this.child.stdout.on('data', (bytes: Buffer) => {
      this.stdout = appended(this.stdout, bytes)
    })
    this.child.stderr.on('data', (bytes: Buffer) => {
      this.stderr = appended(this.stderr, bytes)
    })
    this.ended = this.watchEnd()
  }

  get pid(): number {
    return this.child.pid!
  }

  /** Its first line, parsed. Throws Violation when there is none in time, or when it is none. */
  async handshake(): Promise<Handshake> {
    const start = Date.now()
    while (!this.stdout.includes('\n') && !this.hasEnded && Date.now() - start < this.startTimeoutMs) await delay(5)
    const [line = '', rest] = this.stdout.split('\n', 2)
    if (rest === undefined) {
      throw new Violation(`a line on standard output within ${this.startTimeoutMs} ms`, await this.whyNone())
    }
    return this.parse(line)
  }

  /** One unary call on a connection of its own. Rejects with PluginError or CallError. */
  async call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, timeoutMs = 10_000): Promise<Response> {
    return new UnaryCaller(await this.client()).call(rpc, 'unspecified', request, { timeoutMs })
  }

  async client(channel: ChannelCredentials = credentials.createInsecure()): Promise<Client> {
    const { network, address } = await this.handshake()
    const target = network === 'unix' && isAbsolute(address) ? `unix:${address}` : `dns:${address}`
    const client = new Client(target, channel, channelOptions)
    this.clients.push(client)
    return client
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** What the death of the host looks like to a plugin. */
  endStandardInput(): void {
    this.child.stdin.end()
  }

  /** How it ended; undefined: it still runs after `ms`. */
  async endWithin(ms: number): Promise<Ending | undefined> {
    const patience = new AbortController()
    const late = delay(ms, undefined, { signal: patience.signal }).catch(() => undefined)
    const ending = await Promise.race([this.ended, late])
    patience.abort()
    return ending
  }

  async kill(): Promise<void> {
    for (const client of this.clients) client.close()
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL')
    } catch {
      // The group is gone.
    }
    await this.ended
    for (const pipe of [this.child.stdin, this.child.stdout, this.child.stderr]) pipe.destroy()
    await this.directory.remove()
  }

  /** What it printed, for a report. */
  output(): string {
    return [quoted('standard output', this.stdout), quoted('standard error', this.stderr)].join('')
  }

  private async whyNone(): Promise<string> {
    if (this.failure !== undefined) return `no process: ${this.failure.message}`
    const end = this.hasEnded ? `the end of the program (${await this.ended})` : 'none'
    return `${end}${this.output()}`
  }

  private parse(line: string): Handshake {
    try {
      return parseHandshake(line)
    } catch (error) {
      throw new Violation('the handshake as the first line on standard output', (error as Error).message)
    }
  }

  private async watchEnd(): Promise<Ending> {
    const ending = await new Promise<Ending>((resolve) => {
      this.child.once('exit', (code, signal) => resolve(signal ?? `status ${code!}`))
      this.child.once('error', (error) => {
        this.failure = error
        resolve('status 127')
      })
    })
    // What it wrote last may still be in the pipes.
    await delay(20)
    this.hasEnded = true
    return ending
  }
}

const channelOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.enable_http_proxy': 0,
  'grpc.default_authority': 'localhost',
  'grpc.ssl_target_name_override': 'localhost',
  'grpc.use_local_subchannel_pool': 1,
}

const mostOutput = 64 * 1024

const appended = (text: string, bytes: Buffer): string => (text + bytes.toString('utf8')).slice(0, mostOutput)

const quoted = (name: string, text: string): string =>
  text === '' ? '' : `; ${name}: ${JSON.stringify(text.slice(-300))}`

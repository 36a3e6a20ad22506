import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  cookie,
  errorMessageWire,
  errorTrailer,
  fromErrorMessage,
  lifelineVariable,
  type PluginError,
  parseHandshake,
  type Rpc,
} from '@easyrest/protocol'
import { Client, type ClientReadableStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'

export {
  brokerService,
  cacheService,
  controllerService,
  dbService,
  healthService,
  pluginService,
  stdioService,
} from '@easyrest/protocol'

/**
 * For tests of a plugin: starts its program as a host would and speaks to it. Program is a path of a JavaScript file.
 * `stop` it, or it lives on until the test process ends. Throws Error with the program's stderr when it does not start.
 */
export const startPlugin = async (program: string, options: StartOptions = {}): Promise<PluginUnderTest> => {
  const directory = mkdtempSync(join(tmpdir(), 'er-'))
  const child = spawn(process.execPath, [program, ...(options.args ?? [])], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      [cookie.name]: cookie.value,
      [lifelineVariable]: '1',
      PLUGIN_PROTOCOL_VERSIONS: '2',
      PLUGIN_UNIX_SOCKET_DIR: directory,
      ...options.env,
    },
  })
  child.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const plugin = new PluginUnderTest(child, directory)
  await plugin.connect()
  return plugin
}

export interface StartOptions {
  readonly args?: readonly string[]
  /** Beside what a host sets; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export class PluginUnderTest {
  /** The lines on standard output; the first is the handshake. */
  readonly stdout: string[] = []
  stderr = ''
  private client: Client | undefined

  constructor(
    readonly child: ChildProcess,
    /** Where the socket is. */
    readonly directory: string,
  ) {
    child.stderr!.on('data', (text) => {
      this.stderr += text
    })
  }

  async connect(): Promise<void> {
    const lines = createInterface({ input: this.child.stdout! })
    lines.on('line', (line) => this.stdout.push(line))
    const ended = once(this.child, 'exit').then(() => {
      throw new Error(`the program ended before its handshake: ${this.stderr}`)
    })
    await Promise.race([once(lines, 'line'), ended])
    ended.catch(() => {})
    const { network, address } = parseHandshake(this.stdout[0]!)
    const target = network === 'unix' ? `unix:${address}` : address
    this.client = new Client(target, credentials.createInsecure(), clientOptions)
  }

  /**
   * One unary call; members of the request that are left out have their proto3 defaults.
   * Rejects with PluginError when the plugin sent one, else with grpc-js's ServiceError.
   */
  call<Request extends object, Response>(
    rpc: Rpc<Request, Response>,
    request: Partial<Request> = {},
    { timeoutMs = 10_000, signal, metadata = new Metadata() }: CallOptions = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const call = this.client!.makeUnaryRequest<Request, Response>(
        rpc.path,
        rpc.requestSerialize,
        rpc.responseDeserialize,
        { ...rpc.requestDeserialize(Buffer.alloc(0)), ...request },
        metadata,
        timeoutMs === Infinity ? {} : { deadline: Date.now() + timeoutMs },
        (error, response) => (error ? reject(toPluginError(error)) : resolve(response!)),
      )
      signal?.addEventListener('abort', () => call.cancel())
    })
  }

  /** One call whose answer is a stream of messages. */
  stream<Request extends object, Response>(
    rpc: Rpc<Request, Response>,
    request: Partial<Request> = {},
  ): ClientReadableStream<Response> {
    const whole = { ...rpc.requestDeserialize(Buffer.alloc(0)), ...request }
    return this.client!.makeServerStreamRequest(rpc.path, rpc.requestSerialize, rpc.responseDeserialize, whole)
  }

  /** The exit status, or the signal that ended it. */
  async exit(): Promise<number | NodeJS.Signals> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    return this.child.exitCode ?? this.child.signalCode!
  }

  /** Ends the process the way the end of its host would. */
  async stop(): Promise<number | NodeJS.Signals> {
    this.client?.close()
    this.child.stdin!.end()
    return this.exit()
  }
}

export interface CallOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly metadata?: Metadata
}

const clientOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
}

const toPluginError = (error: ServiceError): PluginError | ServiceError => {
  const [trailer] = error.metadata.get(errorTrailer)
  return trailer instanceof Buffer ? fromErrorMessage(errorMessageWire.decode(trailer)) : error
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.js'
import { type Header, type HttpAnswer, send } from './http.js'
import { serverProgram } from './repository-path.js'
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.js'
import { testSecret } from './token.js'
import { until } from './until.js'

/** The text of a configuration file, or the object it stands for (JSON is YAML). */
export type ServerConfig = string | object

export interface ServerOptions {
  /** A function gets the fresh directory that the file is written into. */
  readonly config: ServerConfig | ((directory: TemporaryDirectory) => ServerConfig | Promise<ServerConfig>)
  /** Added to the environment of the server; ER_TOKEN_SECRET is set. A function gets the directory of the configuration. */
  readonly env?: NodeJS.ProcessEnv | ((directory: TemporaryDirectory) => Promise<NodeJS.ProcessEnv>)
  readonly arguments?: readonly string[]
  /** The certificate to trust when the configuration turns TLS on. */
  readonly ca?: string
  readonly startTimeoutMs?: number
}

export interface RequestOptions {
  readonly method?: string
  readonly headers?: readonly Header[]
  readonly body?: string | Uint8Array
  readonly ca?: string
  readonly timeoutMs?: number
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface TestServer {
  readonly pid: number
  readonly origin: string
  readonly directory: TemporaryDirectory
  readonly exited: Promise<Exit>
  request(target: string, options?: RequestOptions): Promise<HttpAnswer>
  writeConfig(config: ServerConfig): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Everything the server has printed. */
  log(): string
  /** Waits for a log line that matches; answers it. */
  logLine(pattern: RegExp, timeoutMs?: number): Promise<string>
  /** SIGTERM, after five seconds SIGKILL; the directory goes too. */
  stop(): Promise<Exit>
}

/** Starts the real program on a free port and waits until GET /health answers 200. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const directory = await temporaryDirectory()
  const server = await launch(options, directory)
  try {
    await until(() => isHealthy(server), {
      what: 'GET /health to answer 200',
      timeoutMs: options.startTimeoutMs ?? 15_000,
    })
    return server
  } catch (error) {
    await server.stop()
    throw new Error(`the server did not start: ${(error as Error).message}\n${server.log()}`)
  }
}

async function launch(options: ServerOptions, directory: TemporaryDirectory): Promise<TestServer> {
  const file = directory.file('config.yaml')
  const config = typeof options.config === 'function' ? await options.config(directory) : options.config
  await writeFile(file, configText(config))
  const port = await freePort()
  const env = typeof options.env === 'function' ? await options.env(directory) : options.env
  const child = spawn(
    process.execPath,
    [serverProgram(), '--config', file, '--port', String(port), ...(options.arguments ?? [])],
    { cwd: directory.path, env: environment(directory, env), stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const protocol = options.ca === undefined ? 'http' : 'https'
  return handleOf(child, directory, file, `${protocol}://127.0.0.1:${port}`, options.ca)
}

function handleOf(
  child: ChildProcess,
  directory: TemporaryDirectory,
  file: string,
  origin: string,
  ca: string | undefined,
): TestServer {
  const lines = collectLines(child)
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }))
  return {
    pid: child.pid ?? 0,
    origin,
    directory,
    exited,
    request: (target, options = {}) => send({ origin, target, ...(ca === undefined ? {} : { ca }), ...options }),
    writeConfig: (config) => writeFile(file, configText(config)),
    signal: (signal) => void child.kill(signal),
    log: () => lines.join('\n'),
    logLine: (pattern, timeoutMs = 5000) =>
      until(() => lines.find((line) => pattern.test(line)), { what: `a log line like ${pattern}`, timeoutMs }).catch(
        (error: Error) => Promise.reject(new Error(`${error.message}; the log:\n${lines.join('\n')}`)),
      ),
    stop: () => stop(child, exited).finally(() => directory.remove()),
  }
}

/**
 * Nothing of the caller's own EasyREST settings may reach the server under test. Its temporary files lie in the
 * test's directory, so that nothing is left of a server that was killed.
 */
function environment(directory: TemporaryDirectory, added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ER_') && name !== 'NODE_OPTIONS')
  return { ...Object.fromEntries(inherited), TMPDIR: directory.path, ER_TOKEN_SECRET: testSecret, ...added }
}

function configText(config: ServerConfig): string {
  return typeof config === 'string' ? config : JSON.stringify(config, null, 2)
}

function collectLines(child: ChildProcess): string[] {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
    })
    stream?.on('end', () => rest !== '' && lines.push(rest))
  }
  return lines
}

async function isHealthy(server: TestServer): Promise<true | undefined> {
  const exit = await Promise.race([server.exited, sleep(0)])
  if (exit !== undefined) throw new Error(`it ended with ${exit.signal ?? `code ${exit.code}`}`)
  const answer = await server.request('/health').catch(() => undefined)
  return answer?.status === 200 ? true : undefined
}

async function stop(child: ChildProcess, exited: Promise<Exit>): Promise<Exit> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  try {
    return await exited
  } finally {
    clearTimeout(timer)
  }
}

import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { type Handshake, HandshakeError } from '@easyrest/protocol'
import { execa } from 'execa'
import type { TlsUse } from './connection.js'
import { peerCertificate } from './peer-certificate.js'
import { PluginLog, type PluginLogger } from './plugin-log.js'
import { PluginOutput } from './plugin-output.js'
import { type PluginExit, PluginStartError } from './plugin-start-error.js'
import { readPaced } from './read-paced.js'
import { startHint } from './start-hint.js'
import { verifyAddress } from './verify-address.js'

export interface SpawnOptions {
  readonly connection: string
  readonly env: Readonly<Record<string, string>>
  readonly socketDirectory: string
  /** The environment offers TLS. */
  readonly tlsOffered: boolean
  readonly tls: TlsUse
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly log: PluginLogger
  readonly mask: (text: string) => string
  readonly onStarted: (pid: number) => void
  /** Neither the process nor its group is there any more. */
  readonly onExited: () => void
  /** Standard output that is not the handshake. */
  readonly onOutput: (text: string, bytes: number) => void
}

/** A running plugin program that has printed a handshake the host can use. */
export interface PluginChild {
  readonly pid: number
  readonly program: string
  readonly handshake: Handshake
  /** The certificate it answered an offer of TLS with. */
  readonly peer: X509Certificate | undefined
  /** Resolves at once when the process is gone, whoever may still hold its pipes. */
  readonly exited: Promise<PluginExit>
  /** The last lines of standard error; after the exit it waits a moment for what is still in the pipe. */
  lastWords(): Promise<readonly string[]>
  /** Ends the process and every process it started in its group. */
  kill(): void
}

/** Starts a plugin program. Rejects with PluginStartError, and then nothing of it is left running. */
export const spawnPlugin = async (program: string, options: SpawnOptions): Promise<PluginChild> => {
  const child = await startProgram(program, options)
  try {
    const handshake = await untilHandshake(child, options)
    await verifyAddress(handshake, options.socketDirectory)
    const peer = peerCertificate(handshake, options.tlsOffered, options.tls)
    const { pid, exited, lastWords, kill } = child
    return { pid, program, handshake, peer, exited, lastWords, kill }
  } catch (error) {
    throw await startError(error as Error, child, options)
  }
}

interface StartedProgram extends Omit<PluginChild, 'handshake' | 'peer'> {
  readonly output: PluginOutput
}

const startProgram = async (program: string, options: SpawnOptions): Promise<StartedProgram> => {
  const shortage = descriptorShortage()
  if (shortage !== undefined) throw await executionError(program, options, shortage)
  const subprocess = execute(program, options.env)
  const { pid } = subprocess
  if (pid === undefined) throw await executionError(program, options, await subprocess)
  options.onStarted(pid)
  const output = new PluginOutput(options.onOutput)
  const log = new PluginLog(options.log, options.mask)
  const drained = drainPipes(subprocess, output, log)
  const exited = exitOf(subprocess, pid, options.onExited)
  const finished = exited
    .then(() => Promise.race([drained, delay(drainMs)]))
    .then(() => {
      // Whoever still holds the other ends is not waited for.
      for (const pipe of [subprocess.stdin, subprocess.stdout, subprocess.stderr]) pipe.destroy()
      output.end()
      log.end()
    })
  const lastWords = async () => {
    if (subprocess.exitCode !== null || subprocess.signalCode !== null) await finished
    return log.tail()
  }
  return { pid, program, output, exited, lastWords, kill: () => killGroup(pid) }
}

/**
 * Asked right before a start: without descriptors for the pipes execa throws before it listens for the error of the
 * process, which then is nobody's and would end the host.
 */
const descriptorShortage = (): NodeJS.ErrnoException | undefined => {
  const taken: number[] = []
  try {
    while (taken.length < descriptorsOfStart) taken.push(openSync(devNull, 'r'))
    return undefined
  } catch (error) {
    return error as NodeJS.ErrnoException
  } finally {
    for (const descriptor of taken) closeSync(descriptor)
  }
}

const execute = (program: string, env: Readonly<Record<string, string>>) =>
  execa(program, [], {
    env,
    extendEnv: false,
    buffer: false,
    reject: false,
    // A group of its own: Ctrl-C at the server does not reach it, and whatever it starts can be ended with it.
    detached: true,
    // Never written: its end tells the plugin that the host is gone.
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  })

type Subprocess = ReturnType<typeof execute>

// Both are read until they end, whatever comes: a full pipe would block the plugin.
const drainPipes = ({ stdin, stdout, stderr }: Subprocess, output: PluginOutput, log: PluginLog): Promise<unknown> => {
  for (const pipe of [stdin, stdout, stderr]) pipe.on('error', () => {})
  readPaced(stdout, (chunk) => output.write(chunk))
  readPaced(stderr, (chunk) => log.write(chunk))
  return Promise.all([stdout, stderr].map((pipe) => new Promise((resolve) => pipe.once('close', resolve))))
}

const exitOf = (subprocess: Subprocess, pid: number, onExited: () => void): Promise<PluginExit> =>
  new Promise((resolve) => {
    // 'exit' and not 'close': a process that the plugin left behind may hold the pipes for ever.
    subprocess.once('exit', (code, signal) => {
      killGroup(pid)
      onExited()
      resolve({ code: code ?? undefined, signal: signal ?? undefined })
    })
  })

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group is gone.
  }
}

const untilHandshake = async (child: StartedProgram, { timeoutMs, signal }: SpawnOptions): Promise<Handshake> => {
  const settled = new AbortController()
  const tooLate = delay(timeoutMs, undefined, { signal: settled.signal }).then(() => {
    throw new HandshakeError(`expected a handshake within ${timeoutMs} ms, got none`)
  })
  const cancelled = once(signal, 'abort', { signal: settled.signal }).then(() => signal.throwIfAborted())
  const ended = child.exited.then(() => endedEarly(child))
  try {
    signal.throwIfAborted()
    return await Promise.race([child.output.handshake, tooLate, ended, cancelled as Promise<never>])
  } finally {
    for (const loser of [tooLate, ended, cancelled]) loser.catch(() => {})
    settled.abort()
  }
}

// What it printed may still be in the pipe, even the handshake: then a later step says what is wrong.
const endedEarly = async (child: StartedProgram): Promise<never> => {
  await child.lastWords()
  throw new HandshakeError('expected a handshake, but the program ended before it printed one')
}

interface ExecutionFailure {
  readonly code?: string | undefined
  readonly cause?: unknown
  readonly shortMessage?: string | undefined
}

const executionError = async (
  program: string,
  { connection }: SpawnOptions,
  { code, cause, shortMessage }: ExecutionFailure,
): Promise<PluginStartError> => {
  const problem = `it could not be executed (${code ?? (cause as Error | undefined)?.message ?? shortMessage})`
  const hint = await startHint(program, { spawnCode: code, stdout: '', stderr: [] })
  return new PluginStartError({ connection, program, problem, stderr: [], hint, cause })
}

const startError = async (error: Error, child: StartedProgram, options: SpawnOptions): Promise<PluginStartError> => {
  // Only an exit of its own says something; the one that the host causes here does not.
  const exit = await Promise.race([child.exited, Promise.resolve(undefined)])
  child.kill()
  await child.exited
  const stderr = await child.lastWords()
  const stdout = options.mask(child.output.seen)
  const hint = await startHint(child.program, { exit, stdout, stderr })
  const { connection } = options
  return new PluginStartError({
    connection,
    program: child.program,
    problem: error.message,
    stdout,
    stderr,
    exit,
    hint,
    cause: error,
  })
}

// Time for what is left in the pipes after the exit.
const drainMs = 100

// Both ends of three pipes, those of its error, and some that others may take meanwhile.
const descriptorsOfStart = 16

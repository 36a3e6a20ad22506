import { type Invocation, parseArguments, UsageError } from './cli/cli.js'
import { type ExitCode, exitCodes } from './cli/exit-codes.js'
import { pluginCommand } from './cli/plugin-command.js'
import { ConfigError } from './config/config-error.js'
import { loadConfig } from './config/load-config.js'
import type { Flags } from './config/read-flags.js'
import { createLog } from './observe/log.js'
import { type Server, startServer } from './server.js'

/**
 * The program. Exit codes: exit-codes.ts.
 * @param onListening is told the address once the socket is bound
 */
export const main = async (
  argv: readonly string[],
  onListening: (address: string) => void = () => {},
): Promise<void> => {
  try {
    const invocation = parseArguments(argv)
    if (invocation.command === 'serve') await serve(invocation.flags, onListening)
    // Nothing of what it started may keep the process alive.
    else if (invocation.command === 'plugin') process.exit(await pluginCommand(invocation.args))
    else say(await run(invocation))
  } catch (error) {
    say({ exitCode: exitCodeOf(error), text: error instanceof Error ? error.message : String(error) })
  }
}

interface Result {
  readonly exitCode: ExitCode
  readonly text: string
}

/** The commands that say something and end. */
const run = async (invocation: Exclude<Invocation, { command: 'serve' | 'plugin' }>): Promise<Result> => {
  if ('text' in invocation) return { exitCode: exitCodes.ok, text: invocation.text }
  if (invocation.command === 'kv') return (await import('./cli/kv-command.js')).kvCommand(invocation.args, process.env)
  const options = { flags: invocation.flags, env: process.env }
  if (invocation.command === 'reload') return (await import('./cli/reload-command.js')).reloadCommand(options)
  return (await import('./cli/check.js')).check(options, invocation.start)
}

const serve = async (flags: Flags, onListening: (address: string) => void): Promise<void> => {
  const signals = new Signals()
  // The name that pidof finds, for signals, so it comes after what handles them; 15 bytes are what the kernel keeps.
  process.title = 'easyrest-server'
  const observe = await createLog()
  const server = await startServer({ load: () => loadConfig({ flags, env: process.env }), observe })
  signals.handTo(server)
  onListening(server.address)
}

/** Signals count from the first moment, and are acted on as soon as there is a server. */
class Signals {
  private server: Server | undefined
  private hangUps = 0
  private stopWith: NodeJS.Signals | undefined

  constructor() {
    process.on('SIGHUP', () => {
      if (this.server === undefined) this.hangUps++
      else void this.server.reload()
    })
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.stop(signal))
  }

  handTo(server: Server): void {
    this.server = server
    if (this.stopWith !== undefined) this.stopServer(server, this.stopWith)
    // The configuration may have been read before the signal came.
    else if (this.hangUps > 0) void server.reload()
  }

  private stop(signal: NodeJS.Signals): void {
    // A second signal stops at once; plugins end with their standard input.
    if (this.stopWith !== undefined) process.exit(exitCodes.failure)
    this.stopWith = signal
    if (this.server !== undefined) this.stopServer(this.server, signal)
  }

  private stopServer(server: Server, signal: NodeJS.Signals): void {
    void server.stop(signal).then(() => process.exit(exitCodes.ok))
  }
}

const say = ({ exitCode, text }: Result): void => {
  const stream = exitCode === exitCodes.ok ? process.stdout : process.stderr
  stream.write(`${text.trimEnd()}\n`)
  process.exitCode = exitCode
}

const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof UsageError) return error.exitCode
  return error instanceof ConfigError ? exitCodes.configuration : exitCodes.failure
}

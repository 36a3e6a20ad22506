import { parseArguments, UsageError } from './cli.js'
import { checkConfig } from './config/check-config.js'
import { ConfigError } from './config/config-error.js'
import { loadConfig } from './config/load-config.js'
import type { Flags } from './config/read-flags.js'
import { createLog } from './observe/log.js'
import { type Server, startServer } from './server.js'

/**
 * The program. Exit codes: 0, 1 failure, 2 usage, 78 configuration.
 * @param onListening is told the address once the socket is bound
 */
export const main = async (
  argv: readonly string[],
  onListening: (address: string) => void = () => {},
): Promise<void> => {
  // The name that pidof finds; 15 bytes are what the kernel keeps.
  process.title = 'easyrest-server'
  try {
    const invocation = parseArguments(argv)
    if ('text' in invocation) print(invocation.text)
    else if (invocation.command === 'check') await check(invocation.flags)
    else await serve(invocation.flags, onListening)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

const check = async (flags: Flags): Promise<void> => {
  const { exitCode, text } = await checkConfig({ flags, env: process.env })
  if (exitCode === 0) print(text)
  else process.stderr.write(`${text}\n`)
  process.exitCode = exitCode
}

const serve = async (flags: Flags, onListening: (address: string) => void): Promise<void> => {
  const observe = await createLog()
  const server = await startServer({ load: () => loadConfig({ flags, env: process.env }), observe })
  process.on('SIGHUP', () => void server.reload())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) stopOn(signal, server)
  onListening(server.address)
}

const stopOn = (signal: NodeJS.Signals, server: Server): void => {
  process.once(signal, () => {
    // A second signal stops at once; plugins end with their standard input.
    process.once(signal, () => process.exit(1))
    void server.stop(signal).then(() => process.exit(0))
  })
}

const print = (text: string): void => {
  process.stdout.write(`${text.trimEnd()}\n`)
}

const exitCodeOf = (error: unknown): number => {
  if (error instanceof UsageError) return error.exitCode
  return error instanceof ConfigError ? 78 : 1
}

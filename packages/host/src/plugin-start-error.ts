import { quoteOutput } from '@easyrest/protocol'

/** A plugin program that could not be brought to answer. The message is one line for the operator. */
export class PluginStartError extends Error {
  override readonly name = 'PluginStartError'
  readonly connection: string
  readonly program: string
  /** The last lines of standard error. */
  readonly stderr: readonly string[]

  constructor(failure: StartFailure) {
    super(describe(failure), { cause: failure.cause })
    this.connection = failure.connection
    this.program = failure.program
    this.stderr = failure.stderr
  }
}

export interface StartFailure {
  readonly connection: string
  readonly program: string
  /** What was expected and what happened instead. */
  readonly problem: string
  /** What the program printed instead of, or before, the handshake; undefined once the handshake was fine. */
  readonly stdout?: string | undefined
  readonly stderr: readonly string[]
  readonly exit?: PluginExit | undefined
  /** The likely cause and the next step. */
  readonly hint: string
  readonly cause?: unknown
}

export interface PluginExit {
  readonly code: number | undefined
  readonly signal: string | undefined
}

export const describeExit = ({ code, signal }: PluginExit): string =>
  signal === undefined
    ? code === undefined
      ? 'does not listen any more'
      : `exited with code ${code}`
    : `was ended by ${signal}`

const describe = ({ connection, program, problem, stdout, stderr, exit, hint }: StartFailure): string =>
  [
    `connection ${connection}: plugin program ${program} did not start: ${problem}`,
    exit === undefined ? undefined : `the program ${describeExit(exit)}`,
    stdout === undefined ? undefined : `standard output: ${stdout === '' ? 'nothing' : quoteOutput(stdout)}`,
    `standard error: ${stderr.length === 0 ? 'nothing' : tellingLines(stderr).map(quoteOutput).join(' ')}`,
    hint,
  ]
    .filter((part) => part !== undefined)
    .join('; ')

// The frames of a stack trace crowd out the line that says what happened.
const tellingLines = (stderr: readonly string[]): readonly string[] => {
  const lines = stderr.filter((line) => !/^(\s|Node\.js v|node:|goroutine \d)/.test(line))
  const panic = lines.find((line) => line.startsWith('panic: '))
  const last = (lines.length === 0 ? stderr : lines).slice(-shownLines)
  return panic === undefined || last.includes(panic) ? last : [panic, ...last.slice(1)]
}

const shownLines = 5

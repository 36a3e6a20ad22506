import { Command, CommanderError, Option } from 'commander'
import type { Flags } from '../config/read-flags.js'
import { version } from '../version.js'
import { exitCodes } from './exit-codes.js'

export type Invocation =
  | { readonly command: 'serve'; readonly flags: Flags }
  | { readonly command: 'reload'; readonly flags: Flags }
  /** `start`: plugins are started and stopped too. */
  | { readonly command: 'check'; readonly start: boolean; readonly flags: Flags }
  /** For plugin authors, and for documents; pluginCommand and kvCommand read the arguments. */
  | { readonly command: 'plugin'; readonly args: readonly string[] }
  | { readonly command: 'kv'; readonly args: readonly string[] }
  /** Print the text and exit with 0. */
  | { readonly command: 'help' | 'version'; readonly text: string }

/** The command line makes no sense; the text says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly exitCode = exitCodes.usage
}

/** `argv` without the interpreter and the script. Throws UsageError, exits never. */
export function parseArguments(argv: readonly string[]): Invocation {
  if (argv[0] === 'plugin' || argv[0] === 'kv') return { command: argv[0], args: argv.slice(1) }
  const output: string[] = []
  const program = createProgram(output)
  try {
    program.parse(withDoubleDashes(argv, program.options), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return afterCommander(error, output)
  }
  const { check, start, version: askedVersion, ...flags } = program.opts<Flags & Commands>()
  if (askedVersion) return { command: 'version', text: version() }
  const [command, ...others] = program.args
  const unexpected = command === 'reload' ? others[0] : command
  if (unexpected !== undefined) throw unexpectedArgument(unexpected)
  if (start && !check) throw new UsageError('--start belongs to --check; without both, the server starts')
  if (command === 'reload' && check) throw new UsageError('reload and --check exclude each other')
  if (check) return { command: 'check', start: start === true, flags: asTexts(flags) }
  return { command: command === 'reload' ? 'reload' : 'serve', flags: asTexts(flags) }
}

interface Commands {
  readonly check?: true
  readonly start?: true
  readonly version?: true
}

function createProgram(output: string[]): Command {
  const program = new Command('easyrest-server')
    .usage('[options] [reload | plugin ... | kv ...]')
    .description('One REST API in front of any database, each reached through a plugin process.')
    .addHelpText('after', `\n${helpFooter}`)
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.push(text), writeErr: (text) => output.push(text) })
    .allowExcessArguments()
  for (const option of options()) program.addOption(option)
  return program
}

const helpFooter = `Commands:
  (none)   serve
  reload   tell the running server to read its configuration again, and say whether it did
  plugin   check a plugin program against the contract, or begin a new one (plugin --help)
  kv       print the table of the key/value API as SQL, or copy a Kopano store into it (kv --help)

Every flag beats the environment, the environment beats the configuration file (docs/configuration.md).
Without --config: $EASYREST_CONFIG, $ER_CONFIG_FILE, ./config.yaml when it exists, else the environment alone.
Reload without the admin listener: kill -SIGHUP $(pidof easyrest-server)
Exit status: 0, 1 failure, 2 usage, 69 a plugin is not available, 78 configuration (docs/operating.md).`

function options(): Option[] {
  return [
    new Option('-c, --config <file>', 'the configuration file'),
    new Option('--check', 'check the configuration, print what would run, start nothing'),
    new Option('--start', 'with --check: also start every plugin, and stop it again'),
    new Option('--version', 'print the version'),
    new Option('--port <port>', 'port to listen on (default 8080)'),
    new Option('--host <address>', 'address to listen on (default 127.0.0.1)'),
    new Option('--admin <address>', 'where the admin listener listens, or is reached: 127.0.0.1:9090 or a socket path'),
    new Option(
      '--token-secret <secret>',
      'HMAC secret of access tokens; others can see it with ps: prefer ER_TOKEN_SECRET',
    ),
    new Option('--token-user-search <claim>', 'claim that names the user (default sub)'),
    switchOption('--check-scope', 'whether scopes are checked (default true)'),
    switchOption('--access-log', 'log every request'),
    switchOption('--enable-plugin-log', 'show the log lines of plugins'),
    new Option('--timezone <zone>', 'default time zone (default UTC)'),
    switchOption('--cors-enabled', 'answer cross-origin requests'),
    new Option('--cors-origins <list>', 'allowed origins, separated by commas'),
    new Option('--cors-methods <list>', 'allowed methods'),
    new Option('--cors-headers <list>', 'allowed request headers'),
    new Option('--cors-max-age <seconds>', 'how long browsers keep a preflight answer (default 86400)'),
    new Option('--tls-cert-file <file>', 'certificate (PEM); with --tls-key-file it turns TLS on'),
    new Option('--tls-key-file <file>', 'private key (PEM)'),
    new Option('--plugin <file>', 'file of connection entries; may be given several times').argParser(collect),
    new Option('--auth-flow <flow>', 'OAuth flow in API descriptions'),
    new Option('--token-url <url>', 'token endpoint in API descriptions'),
  ]
}

/** `--access-log`, `--access-log=false`: the value is read where all values are read. */
function switchOption(flag: string, description: string): Option {
  // Without a value commander sets true, which its help would print as a preset if it were named here.
  return new Option(`${flag} [true|false]`, description).argParser(String)
}

function asTexts(flags: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, value === true ? 'true' : value]))
}

function collect(file: string, files: readonly string[] = []): readonly string[] {
  return [...files, file]
}

/**
 * The original used Go's flags, where `-port=8081` is the same as `--port=8081`. The argument after an option that takes
 * a value is that value, whatever it looks like.
 */
function withDoubleDashes(argv: readonly string[], known: readonly Option[]): string[] {
  const result: string[] = []
  let isValue = false
  for (const argument of argv) {
    const word: string = isValue || !/^-[A-Za-z][\w-]/.test(argument) ? argument : `-${argument}`
    isValue = !isValue && known.some(({ required, long, short }) => required && (long === word || short === word))
    result.push(word)
  }
  return result
}

function unexpectedArgument(argument: string): UsageError {
  return new UsageError(`unexpected argument "${argument}"; a configuration file is named with --config ${argument}`)
}

function afterCommander(error: CommanderError, output: readonly string[]): Invocation {
  if (error.exitCode === 0) return { command: 'help', text: output.join('').trimEnd() }
  const message = error.message.replace(/^error: /, '').replace(/\n/g, ' ')
  throw new UsageError(`${message}; easyrest-server --help lists the options`)
}

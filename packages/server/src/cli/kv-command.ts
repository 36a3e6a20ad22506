import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Config, ConnectionConfig } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import { suggest } from '../config/suggest.js'
import { kvDdl } from '../kv/start/ddl.js'
import { UsageError } from './cli.js'
import { type ExitCode, exitCodes } from './exit-codes.js'

interface KvResult {
  readonly exitCode: ExitCode
  readonly text: string
}

/** `easyrest-server kv ...`. Throws UsageError, ConfigError. */
export const kvCommand = async ([command, ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<KvResult> => {
  if ([command, ...args].some(asksForHelp)) return { exitCode: exitCodes.ok, text: usage }
  if (command === 'ddl') return ddl(optionsOf(args, ['connection', 'config']), env)
  if (command === 'import-kopano') return importKopano(optionsOf(args, ['from', 'to', 'config'], ['strip-nul']), env)
  throw new UsageError(`${command === undefined ? '' : `unknown command "kv ${command}"\n`}${usage}`)
}

const asksForHelp = (argument: string | undefined): boolean => argument === '--help' || argument === '-h'

const usage = `usage: easyrest-server kv ddl --connection NAME
         print the SQL that makes the table of the key/value API
       easyrest-server kv import-kopano --from SOURCE --to CONNECTION [--strip-nul]
         copy the documents of a Kopano kvs; what is there already stays as it is
         SOURCE: a connection, a URI such as sqlite://./kvs.db or mysql://user:password@host/kopano, or a file of SQLite
         --strip-nul: without the one or two NULs that Kopano put behind texts that came in a batch

Both take --config FILE, like the server.`

type Options = Readonly<Record<string, string | boolean | undefined>>

const optionsOf = (args: readonly string[], texts: readonly string[], flags: readonly string[] = []): Options => {
  const options = Object.fromEntries([
    ...texts.map((name) => [name, { type: 'string' as const }]),
    ...flags.map((name) => [name, { type: 'boolean' as const }]),
  ])
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values as Options
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`)
  }
}

const ddl = async (options: Options, env: NodeJS.ProcessEnv): Promise<KvResult> => {
  const { scheme, name } = connectionOf(await configOf(options, env), needed(options, 'connection'))
  const text = kvDdl(scheme)
  if (text !== undefined) return { exitCode: exitCodes.ok, text }
  const columns = 'pk, rev, live_until, collection, attrs, value (docs/kv.md)'
  return {
    exitCode: exitCodes.failure,
    text: `no SQL is known for ${scheme}:// (connection ${name}); make a table easyrest_kv with the columns ${columns}`,
  }
}

const importKopano = async (options: Options, env: NodeJS.ProcessEnv): Promise<KvResult> => {
  const [from, to] = [needed(options, 'from'), needed(options, 'to')]
  const config = await configOf(options, env)
  const target = connectionOf(config, to)
  const { importKopano: copy } = await import('../kv/import/import-kopano.js')
  const text = await copy(config, sourceOf(from, config, target), target, { stripNul: options['strip-nul'] === true })
  return { exitCode: exitCodes.ok, text }
}

/** A connection of the configuration, or one like the target with another URI. */
const sourceOf = (from: string, config: Config, target: ConnectionConfig): ConnectionConfig => {
  const known = config.connections.get(from.toLowerCase())
  if (known !== undefined) return known
  // SQLite makes a file that is not there.
  if (!from.includes('://') && !existsSync(from)) throw new UsageError(`there is no connection and no file "${from}"`)
  const uri = from.includes('://') ? from : `sqlite://${from.replace(/[%#?]/g, encodeURIComponent)}`
  const scheme = uri.slice(0, uri.indexOf('://')).toLowerCase()
  const same = scheme === target.scheme
  return { ...target, name: 'kopano', uri, scheme, ...(same ? {} : { path: undefined, sha256: undefined }) }
}

const configOf = async ({ config }: Options, env: NodeJS.ProcessEnv): Promise<Config> =>
  (await loadConfig({ flags: typeof config === 'string' ? { config } : {}, env })).config

const connectionOf = ({ connections }: Config, name: string): ConnectionConfig => {
  const found = connections.get(name.toLowerCase())
  if (found !== undefined) return found
  const hint = suggest(name.toLowerCase(), connections.keys())
  throw new UsageError(`there is no connection "${name}"${hint} in the configuration`)
}

const needed = (options: Options, name: string): string => {
  const value = options[name]
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError(`expected --${name}\n${usage}`)
}

import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { assembleConfig } from './assemble-config.js'
import type { Config } from './config.js'
import { ConfigError, type Problem } from './config-error.js'
import type { Origin } from './origins.js'
import { Origins } from './origins.js'
import type { Flags } from './read-flags.js'
import { parseYaml, readYaml, type YamlFile, type YamlSource } from './read-yaml.js'
import { resolveConfig } from './resolve-config.js'
import { validateConfig } from './validate-config.js'

export interface LoadOptions {
  /** Beats `flags.config`; without both, $EASYREST_CONFIG, $ER_CONFIG_FILE and ./config.yaml are tried. */
  readonly file?: string
  /** The text of `file`, instead of reading it. */
  readonly text?: string
  readonly flags: Flags
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
}

export interface LoadedConfig {
  readonly config: Config
  /** For the log: keys without effect, entries not used. */
  readonly warnings: readonly string[]
  /** Every file the configuration was made from (absolute): YAML, interpolated secrets, keys, certificates. */
  readonly files: readonly string[]
  /** The texts of its YAML files, by absolute path. */
  readonly texts: ReadonlyMap<string, string>
}

/** A flag beats the environment, which beats the file, which beats the default. Throws ConfigError. */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const cwd = options.cwd ?? process.cwd()
  const files = new Set<string>()
  const texts = new Map<string, string>()
  const main = await readMain(options, cwd, files, texts)
  const assembled = await assembleConfig({
    main: main.documents[0]!,
    flags: options.flags,
    env: options.env,
    cwd,
    files,
    texts,
  })
  const badPaths = new Set([...main.badPaths, ...assembled.badPaths])
  const validated = validateConfig(assembled, badPaths)
  const resolved = await resolveConfig(validated, assembled, files)
  const problems = [...main.problems, ...assembled.problems, ...validated.problems, ...resolved.problems]
  if (problems.length > 0 || resolved.config === undefined) throw new ConfigError(inReadingOrder(problems))
  return { config: resolved.config, warnings: [...assembled.warnings, ...resolved.warnings], files: [...files], texts }
}

/** The name of the configuration file, as the operator gave it; undefined: environment and flags only. */
export async function findConfigFile(options: LoadOptions, cwd: string): Promise<string | undefined> {
  const { file, flags, env } = options
  const named = file ?? flags.config ?? (env.EASYREST_CONFIG || env.ER_CONFIG_FILE || undefined)
  if (named !== undefined) return named
  const usual = 'config.yaml'
  return access(resolve(cwd, usual)).then(
    () => usual,
    () => undefined,
  )
}

async function readMain(
  options: LoadOptions,
  cwd: string,
  files: Set<string>,
  texts: Map<string, string>,
): Promise<YamlFile> {
  const name = await findConfigFile(options, cwd)
  if (name === undefined) return noFile(cwd)
  const source: YamlSource = { name, path: resolve(cwd, name), env: options.env, files, texts }
  const file = await (options.text === undefined ? readYaml(source) : parseYaml(options.text, source))
  requireOneMapping(file)
  return file
}

function noFile(cwd: string): YamlFile {
  const origins = new Origins({ file: 'environment', folder: cwd, line: 0, column: 0 })
  return { documents: [{ tree: Object.create(null), origins }], problems: [], badPaths: new Set() }
}

function requireOneMapping({ documents }: YamlFile): void {
  const [first, second] = documents
  if (second !== undefined) throw at(second.origins.ofValue([]), 'expected one document, received a second one (---)')
  if (typeof first?.tree === 'object' && first.tree !== null && !Array.isArray(first.tree)) return
  throw at(first!.origins.ofValue([]), 'expected a mapping (lines of "key: value")')
}

function at({ file, line, column }: Origin, message: string): ConfigError {
  return new ConfigError([{ file, line, column, path: '', message }])
}

/** Files in the order they were read, each from top to bottom. */
function inReadingOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))]
  return [...problems].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}

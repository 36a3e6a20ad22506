import { BadValue } from './bad-value.js'
import { ConfigError, type Problem } from './config-error.js'
import type { EnvironmentConnection, Override } from './environment.js'
import { resolvePath } from './interpolate.js'
import { formatPath, type Origin, type Origins, type Path } from './origins.js'
import { readEnvironment } from './read-environment.js'
import { type Flags, readFlags } from './read-flags.js'
import { readReattached, reattachVariable } from './read-reattached.js'
import { readYaml, type YamlTree } from './read-yaml.js'
import type { RawConfig } from './validate-config.js'

export interface AssembleOptions {
  readonly main: YamlTree
  readonly flags: Flags
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly files: Set<string>
  readonly texts: Map<string, string>
}

export interface AssembledConfig extends RawConfig {
  readonly problems: readonly Problem[]
  /** JSON of paths whose values are known to be bad. */
  readonly badPaths: ReadonlySet<string>
  readonly warnings: readonly string[]
  /** Lower-case names of the connections that came from ER_CACHE_<NAME>. */
  readonly cacheOnly: ReadonlySet<string>
  /** Lower-case name of a connection → handshake of a plugin that somebody else runs. */
  readonly reattached: ReadonlyMap<string, string>
}

/** Lays everything that is configured into the tree of the main file: environment, flags, files of plugin entries. */
export async function assembleConfig(options: AssembleOptions): Promise<AssembledConfig> {
  const assembly = new Assembly(options)
  assembly.applyEnvironment()
  assembly.applyFlags()
  assembly.applyTls()
  const environmentEntries = assembly.addEnvironmentConnections()
  await assembly.addPluginFiles()
  assembly.applyConnectionOverrides()
  const reattached = assembly.findReattached()
  return { ...assembly.result(), cacheOnly: environmentEntries, reattached }
}

type Tree = Record<string, unknown>

const noDocuments = 'no connection holds documents; set KOPANO_KVS_DB_DATASOURCE, or kv.connection in the file'

class Assembly {
  readonly #options: AssembleOptions
  readonly #tree: Tree
  readonly #origins: Origins
  readonly #environment
  readonly #problems: Problem[] = []
  readonly #badPaths = new Set<string>()
  readonly #warnings: string[]

  constructor(options: AssembleOptions) {
    this.#options = options
    this.#tree = options.main.tree as Tree
    this.#origins = options.main.origins
    this.#environment = readEnvironment(options.env)
    this.#warnings = [...this.#environment.warnings]
    for (const { label, message } of this.#environment.problems) this.#complain(this.#outside(label), message)
  }

  result(): Omit<AssembledConfig, 'cacheOnly' | 'reattached'> {
    const [tree, origins] = [this.#tree, this.#origins]
    return { tree, origins, problems: this.#problems, badPaths: this.#badPaths, warnings: this.#warnings }
  }

  applyEnvironment(): void {
    const { overrides } = this.#environment
    const holdsDocuments = isTree(this.#tree.kv) || overrides.some(({ key }) => key === 'kv.connection')
    for (const override of overrides) {
      if (holdsDocuments || !override.key.startsWith('kv.')) this.#override(override)
      else this.#warnings.push(`${override.label}: not used, because ${noDocuments}`)
    }
  }

  applyFlags(): void {
    for (const override of readFlags(this.#options.flags)) this.#override(override)
  }

  /** Two files named outside the file turn TLS on, as in the original. */
  applyTls(): void {
    const { flags, env } = this.#options
    const named = (flags.tlsCertFile || env.ER_TLS_CERT_FILE) && (flags.tlsKeyFile || env.ER_TLS_KEY_FILE)
    const label = flags.tlsCertFile ? '--tls-cert-file' : 'ER_TLS_CERT_FILE'
    if (named) this.#set(['tls_enabled'], true, this.#outside(label))
  }

  /** Returns the names of the entries that are caches and nothing else. */
  addEnvironmentConnections(): Set<string> {
    const added = this.#environment.connections.filter((connection) => this.#addConnection(connection))
    return new Set(added.filter(({ kind }) => kind === 'cache').map(({ name }) => name))
  }

  async addPluginFiles(): Promise<void> {
    const list = this.#tree.plugin_configs
    if (!Array.isArray(list)) return
    for (const [index, name] of list.entries()) {
      if (typeof name === 'string' && name !== '') await this.#addPluginFile(name, ['plugin_configs', index])
    }
  }

  applyConnectionOverrides(): void {
    for (const { connection, key, value, label } of this.#environment.connectionOverrides) {
      const name = this.#entryName(connection)
      if (name === undefined) this.#warnings.push(`${label}: there is no connection "${connection}", not used`)
      else if (isTree(this.#plugins()?.[name])) this.#set(['plugins', name, key], value, this.#outside(label))
    }
  }

  findReattached(): ReadonlyMap<string, string> {
    const complain = (message: string) => this.#complain(this.#outside(reattachVariable), message)
    try {
      const reattached = readReattached(this.#options.env[reattachVariable])
      const unknown = [...reattached.keys()].filter((name) => this.#entryName(name) === undefined)
      for (const name of unknown) complain(`there is no connection "${name}"`)
      return reattached
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      complain(error.message)
      return new Map()
    }
  }

  #override({ key, value, label }: Override): void {
    if (key === 'token_secret') this.#dropSecretOfFile(value, label)
    this.#set(key.split('.'), value, this.#outside(label))
  }

  /** Both spellings of the secret are one key: what is given outside the file beats both. */
  #dropSecretOfFile(value: unknown, label: string): void {
    const jwt = ['auth_plugins', 'jwt', 'settings'].reduce<unknown>(
      (node, key) => (isTree(node) ? node[key] : null),
      this.#tree,
    )
    if (!isTree(jwt) || jwt.jwt_secret === undefined) return
    if (jwt.jwt_secret !== value) this.#warnings.push(`${label} replaces auth_plugins.jwt.settings.jwt_secret`)
    delete jwt.jwt_secret
  }

  #set(path: Path, value: unknown, origin: Origin): void {
    let node: unknown = this.#tree
    for (const key of path.slice(0, -1)) {
      // What is not a mapping stays, for the schema to complain about.
      if (!isTree(node)) return
      node[key] ??= Object.create(null)
      node = node[key]
    }
    if (!isTree(node)) return
    node[path.at(-1)!] = value
    this.#origins.setKey(path, origin)
    this.#origins.setValue(path, origin)
    if (Array.isArray(value)) for (const index of value.keys()) this.#origins.setValue([...path, index], origin)
  }

  #outside(label: string): Origin {
    const file = label.startsWith('--') ? 'command line' : 'environment'
    return { file, label, folder: this.#options.cwd, line: 0, column: 0 }
  }

  #complain({ file, line, column, label }: Origin, message: string, path: Path = []): void {
    this.#problems.push({ file, line, column, path: label ?? formatPath(path), message })
  }

  #plugins(): Tree | undefined {
    this.#tree.plugins ??= Object.create(null)
    return isTree(this.#tree.plugins) ? this.#tree.plugins : undefined
  }

  #entryName(name: string): string | undefined {
    return Object.keys(this.#plugins() ?? {}).find((key) => key.toLowerCase() === name.toLowerCase())
  }

  #addConnection({ name, uri, label }: EnvironmentConnection): boolean {
    if (this.#entryName(name) !== undefined) {
      this.#warnings.push(`${label}: not used, because the configuration file defines the connection "${name}"`)
      return false
    }
    this.#set(['plugins', name, 'uri'], uri, this.#outside(label))
    this.#origins.setKey(['plugins', name], this.#outside(label))
    return true
  }

  async #addPluginFile(name: string, path: Path): Promise<void> {
    const origin = this.#origins.ofValue(path)
    const { env, files, texts } = this.#options
    try {
      const file = await readYaml({ name, path: resolvePath(name, origin.folder), env, files, texts })
      for (const document of file.documents) if (document.tree !== null) this.#addEntry(document)
      this.#problems.push(...file.problems)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      this.#problems.push(...error.problems)
    }
  }

  #addEntry({ tree, origins }: YamlTree): void {
    const name = isTree(tree) ? tree.name : undefined
    if (typeof name !== 'string' || name === '') {
      return this.#complain(origins.ofValue([]), 'expected a plugin entry with "name" and "uri"')
    }
    const { file, line, column } = origins.ofValue(['name'])
    if (this.#entryName(name) !== undefined) {
      this.#warnings.push(`${file}:${line}:${column}: not used, because there is a connection "${name}" already`)
      return
    }
    const plugins = this.#plugins()
    if (plugins === undefined) return
    plugins[name] = tree
    this.#origins.graft(['plugins', name], origins)
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

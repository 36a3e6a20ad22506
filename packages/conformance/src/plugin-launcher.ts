import { resolve } from 'node:path'
import {
  type ConnectionSettings,
  createSocketDirectory,
  launchPlugin,
  type Observation,
  pluginEnvironment,
  type StartDependencies,
} from '@easyrest/host'
import { cacheService, dbService } from '@easyrest/protocol'
import { RawPlugin } from './raw-plugin.js'
import { RunningPlugin } from './running-plugin.js'
import { StartFailure } from './start-failure.js'

/** The program to check and what its connection needs. */
export interface PluginUnderCheck {
  readonly program: string
  readonly uri: string
  /** Added to the environment that a host gives a plugin. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** How long it may take until its handshake; 10 seconds unless said otherwise. */
  readonly startTimeoutMs?: number | undefined
}

/** Starts the program as the host does. Each process is ended by its user, or by `endAll`. */
export class PluginLauncher {
  /** What the processes wrote to standard error and to standard output after the handshake, newest last. */
  readonly output: string[] = []
  private readonly started = new Set<{ kill(): Promise<void> }>()
  private readonly ending = new AbortController()

  constructor(readonly subject: PluginUnderCheck) {}

  get startTimeoutMs(): number {
    return this.subject.startTimeoutMs ?? 10_000
  }

  /** A process that has printed its handshake. Rejects with StartFailure. */
  async launch(): Promise<RunningPlugin> {
    const settings = settingsFor(this.subject, this.startTimeoutMs)
    const dependencies = { ...startDependencies, log: (observation: Observation) => this.observe(observation) }
    const launched = launchPlugin(settings, dependencies, this.ending.signal)
    const process = await launched.catch(startFailure('the handshake'))
    const plugin = new RunningPlugin(process)
    void process.gone.then(() => this.started.delete(plugin))
    return this.registered(plugin)
  }

  /** A process whose roles have their connection. Rejects with StartFailure. */
  async connected(): Promise<RunningPlugin> {
    const plugin = await this.launch()
    await plugin.info().catch(startFailure('GetInfo'))
    await this.initConnection(plugin).catch(startFailure('InitConnection'))
    return plugin
  }

  /** Connects each role of the plugin to its database. */
  async initConnection(plugin: Pick<RunningPlugin, 'info' | 'call'>, uri = this.subject.uri): Promise<void> {
    const { roles } = await plugin.info()
    const request = { uri, connectionName: 'conformance' }
    if (roles.includes('db')) await plugin.call(dbService.InitConnection, request)
    if (roles.includes('cache')) await plugin.call(cacheService.InitConnection, request)
  }

  /** The program as it is, without the host's part. @param changes to its environment; undefined takes a variable away */
  async spawn(changes: Readonly<Record<string, string | undefined>> = {}): Promise<RawPlugin> {
    const settings = settingsFor(this.subject, this.startTimeoutMs)
    const directory = await createSocketDirectory()
    const env = { ...pluginEnvironment(settings, directory.path, process.env), ...changes }
    const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return this.registered(new RawPlugin(settings.path!, Object.fromEntries(kept), directory, this.startTimeoutMs))
  }

  /** Those that are still being started included: a check that failed does not wait for the others it began. */
  async endAll(): Promise<void> {
    this.ending.abort(new Error('the checks are over'))
    await Promise.all([...this.started].map((plugin) => plugin.kill()))
    this.started.clear()
  }

  private async registered<Plugin extends { kill(): Promise<void> }>(plugin: Plugin): Promise<Plugin> {
    this.started.add(plugin)
    if (!this.ending.signal.aborted) return plugin
    await plugin.kill()
    throw new Error('the checks are over')
  }

  private observe(observation: Observation): void {
    if (observation.kind === 'plugin-log') this.output.push(observation.message)
    if (observation.kind === 'plugin-output') this.output.push(`on standard output: ${observation.text}`)
    if (this.output.length > 200) this.output.shift()
  }
}

const settingsFor = ({ program, uri, env }: PluginUnderCheck, startTimeoutMs: number): ConnectionSettings => ({
  name: 'conformance',
  uri,
  path: resolve(program),
  sha256: undefined,
  pluginDirs: [],
  servesTables: true,
  servesCache: true,
  env: env ?? {},
  envPass: [],
  limits: { timeoutMs: 30_000, startTimeoutMs, inFlight: 64, queue: 256, waitMs: 1000 },
})

const startDependencies: Omit<StartDependencies, 'log'> = {
  besideDirs: [],
  pathVariable: process.env.PATH ?? '',
  environment: process.env,
  hostVersion: '0.1.0',
}

const startFailure =
  (step: ConstructorParameters<typeof StartFailure>[0]) =>
  (cause: unknown): never => {
    throw new StartFailure(step, cause)
  }

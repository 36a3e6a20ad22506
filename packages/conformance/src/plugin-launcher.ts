import { resolve } from 'node:path'
import { type ConnectionSettings, launchPlugin, type Observation, type StartDependencies } from '@easyrest/host'
import { cacheService, dbService } from '@easyrest/protocol'
import { RunningPlugin } from './running-plugin.js'

/** The program to check and what its connection needs. */
export interface PluginUnderCheck {
  readonly program: string
  readonly uri: string
  /** Added to the environment that a host gives a plugin. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** Starts the program as the host does. Each process is ended by its user, or by `endAll`. */
export class PluginLauncher {
  /** What the processes wrote to standard error and to standard output after the handshake, newest last. */
  readonly output: string[] = []
  private readonly started = new Set<RunningPlugin>()

  constructor(readonly subject: PluginUnderCheck) {}

  /** A process that has printed its handshake. Rejects with PluginStartError. */
  async launch(): Promise<RunningPlugin> {
    const settings = settingsFor(this.subject)
    const dependencies = { ...startDependencies, log: (observation: Observation) => this.observe(observation) }
    const process = await launchPlugin(settings, dependencies, new AbortController().signal)
    const plugin = new RunningPlugin(process)
    this.started.add(plugin)
    void process.gone.then(() => this.started.delete(plugin))
    return plugin
  }

  /** A process whose roles have their connection. */
  async connected(): Promise<RunningPlugin> {
    const plugin = await this.launch()
    const { roles } = await plugin.info()
    const request = { uri: this.subject.uri, connectionName: 'conformance' }
    if (roles.includes('db')) await plugin.call(dbService.InitConnection, request)
    if (roles.includes('cache')) await plugin.call(cacheService.InitConnection, request)
    return plugin
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.started].map((plugin) => plugin.kill()))
  }

  private observe(observation: Observation): void {
    if (observation.kind === 'plugin-log') this.output.push(observation.message)
    if (observation.kind === 'plugin-output') this.output.push(`on standard output: ${observation.text}`)
    if (this.output.length > 200) this.output.shift()
  }
}

const settingsFor = ({ program, uri, env }: PluginUnderCheck): ConnectionSettings => ({
  name: 'conformance',
  uri,
  path: resolve(program),
  sha256: undefined,
  pluginDirs: [],
  servesTables: true,
  servesCache: true,
  env: env ?? {},
  envPass: [],
  limits: { timeoutMs: 30_000, startTimeoutMs: 10_000, inFlight: 64, queue: 256, waitMs: 1000 },
})

const startDependencies: Omit<StartDependencies, 'log'> = {
  besideDirs: [],
  pathVariable: process.env.PATH ?? '',
  environment: process.env,
  hostVersion: '0.1.0',
}

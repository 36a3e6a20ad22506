import type { Certificate } from '@easyrest/protocol'
import { attachPlugin } from './attach-plugin.js'
import type { ConnectionSettings } from './connection.js'
import { drainStdio } from './drain-stdio.js'
import { findPlugin, type PluginPlaces } from './find-plugin.js'
import { groupReaper } from './group-reaper.js'
import { maskSecrets } from './mask-secrets.js'
import type { Observer } from './observation.js'
import { openChannel } from './open-channel.js'
import { PlainTcp } from './peer-certificate.js'
import { pluginEnvironment } from './plugin-environment.js'
import type { PluginLogger } from './plugin-log.js'
import { PluginProcess } from './plugin-process.js'
import { PluginStartError } from './plugin-start-error.js'
import { createSocketDirectory, type SocketDirectory } from './socket-directory.js'
import { type SpawnOptions, spawnPlugin } from './spawn-plugin.js'
import { rememberTcp, tlsOffer } from './tls-offer.js'
import { StartedProgram, verifyProgram } from './verify-program.js'

export interface StartDependencies extends PluginPlaces {
  readonly hostVersion: string
  readonly log: Observer
  /** What the variables of `envPass`, PATH, HOME, LANG and TZ are taken from. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly maxMessageBytes?: number | undefined
  /** The calls come from other processes, which connect to the plugin themselves. */
  readonly callsFromElsewhere?: boolean | undefined
}

/**
 * From a configuration entry to a process that listens and is what it should be. Rejects with PluginNotFound,
 * PluginStartError or the host's own failure, and then nothing of it is left: no process, no directory.
 */
export const launchPlugin = async (
  settings: ConnectionSettings,
  dependencies: StartDependencies,
  signal: AbortSignal,
): Promise<PluginProcess> => {
  if (settings.reattach !== undefined) return attach(settings, settings.reattach, dependencies)
  const program = await findPlugin(settings, dependencies)
  await verifyProgram(program, settings)
  const launch = () => new Launch(program, settings, dependencies, signal).run()
  return launch().catch((error: Error) => {
    if (!(error.cause instanceof PlainTcp)) throw error
    rememberTcp(settings)
    return launch()
  })
}

const attach = async (
  { name }: ConnectionSettings,
  handshake: string,
  { log, maxMessageBytes }: StartDependencies,
): Promise<PluginProcess> => {
  const plugin = await attachPlugin(handshake).catch((cause: Error) => {
    const hint = 'start it, and name the line that it prints'
    throw new PluginStartError({
      connection: name,
      program: handshake,
      problem: cause.message,
      stderr: [],
      hint,
      cause,
    })
  })
  log({ kind: 'plugin-attached', connection: name, address: plugin.handshake.address })
  return new PluginProcess(plugin, openChannel(plugin.handshake, undefined, maxMessageBytes), undefined)
}

/** One start of a program. */
class Launch {
  private readonly mask: (text: string) => string
  private pid = 0
  private started: StartedProgram | undefined

  constructor(
    private readonly program: string,
    private readonly settings: ConnectionSettings,
    private readonly dependencies: StartDependencies,
    private readonly signal: AbortSignal,
  ) {
    this.mask = maskSecrets(settings, dependencies.environment)
  }

  async run(): Promise<PluginProcess> {
    const directory = await createSocketDirectory()
    try {
      return await this.runIn(directory)
    } catch (error) {
      await directory.remove()
      throw error
    }
  }

  private async runIn(directory: SocketDirectory): Promise<PluginProcess> {
    const offer = tlsOffer(this.settings)
    const child = await spawnPlugin(this.program, this.spawnOptions(directory.path, offer)).catch((error) => {
      this.started?.close()
      throw error
    })
    const { handshake, peer, exited, kill } = child
    try {
      // Before anything is sent to it: what follows are the secrets of the connection.
      await this.started?.verify()
      const tls = offer && peer && { own: offer, peer }
      const channel = openChannel(handshake, tls, this.dependencies.maxMessageBytes)
      drainStdio(channel.control, this.log, this.mask)
      return new PluginProcess(child, channel, directory)
    } catch (error) {
      kill()
      await exited
      throw error
    }
  }

  private spawnOptions(socketDirectory: string, offer: Certificate | undefined): SpawnOptions {
    const { settings, program, mask, log, signal } = this
    const { environment, pathVariable, log: observe } = this.dependencies
    const connection = settings.name
    return {
      connection,
      env: pluginEnvironment(settings, socketDirectory, { ...environment, PATH: pathVariable }, offer),
      socketDirectory,
      tlsOffered: offer !== undefined,
      tls: settings.tls ?? 'auto',
      timeoutMs: settings.limits.startTimeoutMs,
      signal,
      log,
      mask,
      onStarted: (pid) => {
        this.pid = pid
        this.started = new StartedProgram(pid, program, settings)
        groupReaper.add(pid)
        observe({ kind: 'plugin-started', connection, program, pid })
      },
      onExited: () => groupReaper.remove(this.pid),
      onOutput: (text, bytes) => observe({ kind: 'plugin-output', connection, pid: this.pid, text: mask(text), bytes }),
    }
  }

  private readonly log: PluginLogger = (level, message, fields) =>
    this.dependencies.log({
      kind: 'plugin-log',
      connection: this.settings.name,
      pid: this.pid,
      level,
      message,
      fields,
    })
}

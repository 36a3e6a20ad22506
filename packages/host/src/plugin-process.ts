import { setTimeout as delay } from 'node:timers/promises'
import { controllerService, type PluginInfo, type Role } from '@easyrest/protocol'
import { CallError } from './call-error.js'
import type { PluginAddress } from './instance-report.js'
import { killMarked } from './marked-processes.js'
import type { PluginChannel } from './open-channel.js'
import { PluginLink } from './plugin-link.js'
import type { PluginExit } from './plugin-start-error.js'
import type { SocketDirectory } from './socket-directory.js'
import type { PluginChild } from './spawn-plugin.js'

/** One running plugin process: a child, its connections and its directory. It runs once and is never reused. */
export class PluginProcess extends PluginLink {
  /** Acts at once when the process ends; every call in flight has then ended as crashed. */
  readonly exited: Promise<PluginExit>
  /** Resolves when nothing of it is left: no process, no connection, no directory. */
  readonly gone: Promise<void>
  /** The host wanted it to end. */
  stopping = false
  /** Why it was of no use any more. */
  replacedBecause: string | undefined
  private escapees: Promise<unknown> | undefined
  private readonly startedAt = performance.now()

  constructor(
    private readonly child: PluginChild,
    channel: PluginChannel,
    /** undefined: the process belongs to somebody else, who ends it. */
    private readonly directory: SocketDirectory | undefined,
  ) {
    super(child.pid, child.program, channel)
    this.exited = child.exited.then((exit) => {
      this.caller.close()
      this.control.close()
      return exit
    })
    this.gone = this.exited.then(async () => {
      channel.close()
      // What left the group of the process still has its environment.
      this.escapees = directory && killMarked('PLUGIN_UNIX_SOCKET_DIR', (value) => value === directory.path)
      await directory?.remove()
    })
  }

  /** @param serial of the start */
  address(serial: number): PluginAddress {
    const { pid, program } = this
    const { handshake, tls } = this.channel
    return { serial, pid, program, handshake, tls: tls && { own: tls.own, peerPem: tls.peer.toString() } }
  }

  get uptimeMs(): number {
    return performance.now() - this.startedAt
  }

  /** Asks the plugin to end; ends it when it has not done so after two seconds. */
  async stop(): Promise<void> {
    if (this.directory === undefined) return this.kill()
    this.stopping = true
    const patience = new AbortController()
    const late = delay(stopMs, undefined, { signal: patience.signal }).then(
      () => this.child.kill(),
      () => {},
    )
    // The drain is over: what is still in flight ends now, and the plugin's server need not wait for this connection.
    this.caller.close()
    this.channel.data.close()
    this.channel.streams.close()
    // go-plugin ends before it answers, so every failure is a success; what counts is the exit.
    this.control.call(controllerService.Shutdown, 'unspecified', {}, { timeoutMs: stopMs }).catch(() => {})
    await this.exited
    patience.abort()
    await late
    await this.gone
    await this.escapees
  }

  /** Ends it now, with everything it started; one that belongs to somebody else is left alone. */
  async kill(): Promise<void> {
    this.stopping = true
    this.child.kill()
    await this.gone
    await this.escapees
  }

  lastWords(): Promise<readonly string[]> {
    return this.child.lastWords()
  }
}

/** A process that has passed its start: it answers, has said what it is, and is connected to its database. */
export interface ReadyPlugin {
  readonly process: PluginProcess
  readonly info: PluginInfo
  /** The roles that were initialised. */
  readonly roles: ReadonlySet<Role>
  readonly server: string
}

/** The step, unless the process ends first. */
export const unlessExited = <T>(process: PluginProcess, step: Promise<T>): Promise<T> =>
  Promise.race([
    step,
    process.exited.then((): never => {
      throw new CallError('crashed', 'the program ended', { sent: true })
    }),
  ])

const stopMs = 2000

import { X509Certificate } from 'node:crypto'
import type { Certificate, PluginInfo, Role } from '@easyrest/protocol'
import { CallError } from './call-error.js'
import type { ConnectionSettings, InstanceStatus } from './connection.js'
import type { Instance } from './instance.js'
import type { Complaint, InstanceReport, PluginAddress } from './instance-report.js'
import { openChannel } from './open-channel.js'
import { PluginLink } from './plugin-link.js'

/**
 * A plugin process that another process starts and stops: connects to the one that is reported, and complains of one
 * that is of no use. It never starts or reconnects on its own account.
 */
export class LinkedInstance implements Instance {
  current: PluginLink | undefined
  private link: PluginLink | undefined
  private serial = 0
  private closed = false
  private readonly firstOutcome: Promise<void>
  private settleFirst!: { resolve: () => void; reject: (error: Error) => void }

  constructor(
    private readonly index: number,
    private report: InstanceReport,
    private readonly settings: ConnectionSettings,
    private readonly complain: (complaint: Complaint) => void,
    private readonly onChange: () => void,
  ) {
    this.firstOutcome = new Promise((resolve, reject) => {
      this.settleFirst = { resolve, reject }
    })
    this.firstOutcome.catch(() => {})
    this.follow()
  }

  get info(): PluginInfo | undefined {
    return this.report.info
  }

  get roles(): ReadonlySet<Role> {
    return this.report.roles
  }

  get lastStartFailed(): boolean {
    return this.report.lastStartFailed
  }

  get lastError(): Error | undefined {
    const { lastError } = this.report.status
    return lastError === undefined ? undefined : new Error(lastError)
  }

  get status(): InstanceStatus {
    const { status, nextStartAt } = this.report
    const reported = status.state === 'ready' && this.current === undefined ? 'starting' : status.state
    const state = this.closed ? 'closed' : reported
    return { ...status, state, retryAfterMs: Math.max(0, nextStartAt - Date.now()) }
  }

  ready(): Promise<void> {
    return this.firstOutcome
  }

  update(report: InstanceReport): void {
    this.report = report
    this.follow()
    this.onChange()
  }

  replace(link: PluginLink, reason: string): void {
    if (this.link !== link || this.closed) return
    this.drop()
    this.complain({ instance: this.index, serial: this.serial, reason })
    this.onChange()
  }

  async stop(): Promise<void> {
    this.closed = true
    this.settleFirst.reject(new CallError('unavailable', `connection ${this.settings.name} is closed`))
    this.drop()
  }

  private follow(): void {
    const { process, lastStartFailed } = this.report
    if (this.closed) return
    if (lastStartFailed) this.settleFirst.reject(this.lastError ?? new Error('its plugin did not start'))
    if (process?.serial === this.serial) return
    this.drop()
    // One that was complained of keeps its serial, so it is not connected to again.
    if (process !== undefined) void this.connect(process)
  }

  private async connect(address: PluginAddress): Promise<void> {
    this.serial = address.serial
    const link = linkTo(address)
    this.link = link
    try {
      await link.connect(this.settings.limits.startTimeoutMs)
    } catch (error) {
      const reason = `a worker cannot connect to it: ${(error as Error).message}`
      this.settleFirst.reject(new CallError('unavailable', `connection ${this.settings.name}: ${reason}`))
      return this.replace(link, reason)
    }
    if (this.link !== link) return
    const { info } = this.report
    if (info !== undefined) link.follow(info, this.settings, (reason) => this.replace(link, reason))
    this.current = link
    this.settleFirst.resolve()
    this.onChange()
  }

  private drop(): void {
    const { link } = this
    this.current = undefined
    this.link = undefined
    link?.disconnect()
  }
}

const linkTo = ({ pid, program, handshake, tls }: PluginAddress): PluginLink => {
  const pair = tls && { own: revive(tls.own), peer: new X509Certificate(tls.peerPem) }
  return new PluginLink(pid, program, openChannel(handshake, pair))
}

// A copy from another process need not know Buffers.
const revive = ({ der, certificatePem, keyPem }: Certificate): Certificate => ({
  der: Buffer.from(der),
  certificatePem: Buffer.from(certificatePem),
  keyPem: Buffer.from(keyPem),
})

import type { Certificate, Handshake, PluginInfo, Role } from '@easyrest/protocol'
import type { InstanceStatus } from './connection.js'

/** What the process that owns a plugin process tells those that hand calls to it. Plain data, with key material. */
export interface InstanceReport {
  readonly status: InstanceStatus
  readonly info: PluginInfo | undefined
  readonly roles: ReadonlySet<Role>
  readonly lastStartFailed: boolean
  /** By Date.now: when the next start is due. */
  readonly nextStartAt: number
  /** Takes calls now; undefined: there is none at the moment. */
  readonly process: PluginAddress | undefined
}

/** How a running plugin process is reached. */
export interface PluginAddress {
  /** Counts the starts of the instance: no two of its processes have the same. */
  readonly serial: number
  readonly pid: number
  readonly program: string
  readonly handshake: Handshake
  /** undefined: the connection is plain. */
  readonly tls: { readonly own: Certificate; readonly peerPem: string } | undefined
}

/** A process of no use, as one that handed calls to it found. */
export interface Complaint {
  readonly instance: number
  readonly serial: number
  readonly reason: string
}

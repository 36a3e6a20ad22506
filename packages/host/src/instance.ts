import type { PluginInfo, Role } from '@easyrest/protocol'
import type { InstanceStatus } from './connection.js'
import type { PluginLink } from './plugin-link.js'

/** One of the processes of a connection as those see it who hand in calls; the process changes, the instance stays. */
export interface Instance {
  /** Takes calls now; undefined: there is none at the moment. */
  readonly current: PluginLink | undefined
  /** What the plugin said of itself; undefined until it first became ready. */
  readonly info: PluginInfo | undefined
  readonly roles: ReadonlySet<Role>
  readonly status: InstanceStatus
  readonly lastError: Error | undefined
  /** The last start failed, and no other has succeeded since. */
  readonly lastStartFailed: boolean
  /** Resolves at the first ready process; rejects when the first start fails. */
  ready(): Promise<void>
  /** The process is of no use any more. */
  replace(process: PluginLink, reason: string): void
  /** No further process; calls still in flight end as crashed. */
  stop(): Promise<void>
}

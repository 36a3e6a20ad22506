import type { ConnectionSettings } from './connection.js'
import type { Complaint, InstanceReport } from './instance-report.js'
import { LinkedInstance } from './linked-instance.js'
import { type ManagedConnection, PluginConnection } from './plugin-connection.js'

/** A connection whose plugin processes belong to another process. */
export interface LinkedConnection extends ManagedConnection {
  /** @param reports in the order of the instances */
  update(reports: readonly InstanceReport[]): void
}

export interface LinkDependencies {
  /** Told when a process is of no use; a report of the next is expected then. */
  readonly complain: (complaint: Complaint) => void
  /** Where the variables of `envPass` come from, whose values are masked. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** @param reports in the order of the instances */
export const linkConnection = (
  settings: ConnectionSettings,
  reports: readonly InstanceReport[],
  dependencies: LinkDependencies,
): LinkedConnection => new RemoteConnection({ ...settings, instances: reports.length }, reports, dependencies)

class RemoteConnection extends PluginConnection implements LinkedConnection {
  private readonly links: readonly LinkedInstance[]

  constructor(
    settings: ConnectionSettings,
    reports: readonly InstanceReport[],
    { complain, environment }: LinkDependencies,
  ) {
    const links: LinkedInstance[] = []
    super(settings, environment, (index, onChange) => {
      const link = new LinkedInstance(index, reports[index]!, settings, complain, onChange)
      links.push(link)
      return link
    })
    this.links = links
  }

  update(reports: readonly InstanceReport[]): void {
    reports.forEach((report, index) => {
      this.links[index]?.update(report)
    })
  }
}

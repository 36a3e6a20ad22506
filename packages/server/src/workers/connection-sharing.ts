import {
  type Complaint,
  type ConnectionDependencies,
  type ConnectionSettings,
  type ManagedConnection,
  type OwnConnection,
  openConnection,
} from '@easyrest/host'
import { certificate } from '../http/listener.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import type { SharedSnapshot, ToWorker } from './messages.js'
import { readKeyFiles } from './read-key-files.js'

/** The connections of the main process as workers see them: by a number, with reports of how they are reached. */
export class ConnectionSharing {
  private lastId = 0
  private readonly ids = new Map<ManagedConnection, number>()
  private readonly connections = new Map<number, OwnConnection>()

  /** @param broadcast is given what every worker must hear */
  constructor(private readonly broadcast: (message: ToWorker) => void) {}

  /** Opens a connection whose calls come from the workers. */
  readonly open = (settings: ConnectionSettings, host: ConnectionDependencies): ManagedConnection => {
    const connection = openConnection(settings, { ...host, callsFromElsewhere: true })
    const id = ++this.lastId
    this.ids.set(connection, id)
    this.connections.set(id, connection)
    connection.watch(() => {
      if (connection.status.state === 'closed') this.forget(id, connection)
      else this.broadcast({ kind: 'reports', connection: id, reports: connection.reports() })
    })
    return connection
  }

  complain(id: number, complaint: Complaint): void {
    this.connections.get(id)?.complain(complaint)
  }

  /** What does not change while the snapshot is in force. Throws ConfigError. */
  share({ generation, config, connections }: Snapshot): Shareable {
    const names = [...config.connections.values()].flatMap(({ envPass }) => envPass)
    const environment = Object.fromEntries(names.map((name) => [name, process.env[name]]))
    const complete = readKeyFiles(config)
    if (complete.http.tls !== undefined) certificate(complete.http.tls)
    const kept = { generation, config: complete, environment }
    return (worker) => {
      const reached = [...connections].map(([key, { connection }]) => [key, this.reach(connection)] as const)
      return { ...kept, worker, connections: new Map(reached) }
    }
  }

  private reach(connection: ManagedConnection): { id: number; reports: ReturnType<OwnConnection['reports']> } {
    const id = this.ids.get(connection) ?? 0
    return { id, reports: this.connections.get(id)?.reports() ?? [] }
  }

  private forget(id: number, connection: OwnConnection): void {
    this.ids.delete(connection)
    this.connections.delete(id)
  }
}

/** The snapshot for one of the workers, with the connections as they are at that moment. */
export type Shareable = (worker: SharedSnapshot['worker']) => SharedSnapshot

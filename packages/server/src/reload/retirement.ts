import type { ManagedConnection } from '@easyrest/host'
import type { Snapshot } from '../snapshot/snapshot.js'

/** Snapshots that are not in force any more, as long as requests hold them. */
export class Retirement {
  private readonly held = new Set<Snapshot>()
  /** Connections that nobody needs any more and that have not ended yet. */
  private readonly ending = new Set<ManagedConnection>()

  get requestsInFlight(): number {
    return [...this.held].reduce((sum, { inFlight }) => sum + inFlight.size, 0)
  }

  /** Those that have not ended yet. */
  get connections(): ManagedConnection[] {
    return [...this.heldConnections, ...this.ending]
  }

  /**
   * Waits for the requests that hold the snapshot, then stops the connections that nobody needs any more: a younger or
   * an older snapshot may have them too.
   * @param onCutOff told how many requests had not ended when the time was over
   */
  async retire(
    old: Snapshot,
    current: () => Snapshot,
    drainTimeoutMs: number,
    onCutOff: (inFlight: number) => void,
  ): Promise<void> {
    this.held.add(old)
    const idle = await old.inFlight.idle(drainTimeoutMs)
    this.held.delete(old)
    const needed = new Set([...connectionsOf(current()), ...this.heldConnections])
    const unused = connectionsOf(old).filter((connection) => !needed.has(connection))
    if (!idle && unused.length > 0) onCutOff(old.inFlight.size)
    for (const connection of unused) this.ending.add(connection)
    await closeAll(unused)
    for (const connection of unused) this.ending.delete(connection)
  }

  private get heldConnections(): ManagedConnection[] {
    return [...this.held].flatMap(connectionsOf)
  }
}

export const connectionsOf = ({ connections }: Snapshot): ManagedConnection[] =>
  [...connections.values()].map(({ connection }) => connection)

export const closeAll = async (connections: Iterable<ManagedConnection>): Promise<void> => {
  await Promise.all([...new Set(connections)].map((connection) => connection.close(0)))
}

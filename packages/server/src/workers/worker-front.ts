import type { WorkerReport } from '../admin/describe-status.js'
import type { Front, FrontOptions } from '../front.js'
import { WorkerPool } from './worker-pool.js'

/** Other processes serve; this one owns the plugin processes, the configuration and the signals. */
export const workerFront = ({ workers: count, observe }: FrontOptions): Front => {
  const pool = new WorkerPool(count, observe)
  const status = async (): Promise<WorkerReport[]> => {
    const { pids } = pool
    const loads = await pool.ask('load')
    return pids.map((pid, index) => ({ pid, state: stateOf(pid, loads[index]), load: loads[index] }))
  }
  const metrics = async () => (await pool.ask('metrics')).filter((values) => values !== undefined)
  return {
    forGateway: { open: pool.sharing.open, follower: pool },
    workers: { status, metrics },
    open: (gateway) => pool.start(gateway.current()),
    close: (drainMs) => pool.close(drainMs),
  }
}

const stateOf = (pid: number | undefined, load: unknown): WorkerReport['state'] => {
  if (pid === undefined) return 'starting'
  return load === undefined ? 'silent' : 'serving'
}

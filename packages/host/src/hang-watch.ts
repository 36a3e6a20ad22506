import { CallError } from './call-error.js'
import { checkHealth } from './check-health.js'
import type { PluginLink } from './plugin-link.js'

/** Learns from failed calls whether the process they went to is still of use. */
export class HangWatch {
  /** @param replace is told why a process is of no use any more */
  constructor(private readonly replace: (process: PluginLink, reason: string) => void) {}

  failed(process: PluginLink, error: unknown): void {
    if (!(error instanceof CallError)) process.timeoutsInARow = 0
    else if (error.kind === 'crashed') this.replace(process, 'its connection broke')
    else if (error.kind === 'timeout' && ++process.timeoutsInARow % timeoutsBeforeProbe === 0) void this.probe(process)
  }

  /** Deadlines are missed: is the plugin busy, or does it hang, or is the connection of the calls stuck? */
  private async probe(process: PluginLink): Promise<void> {
    try {
      await checkHealth(process.control, probeMs)
    } catch {
      return this.replace(process, `it answers neither calls nor a health check within ${probeMs} ms`)
    }
    await checkHealth(process.caller, probeMs).catch(() =>
      this.replace(process, `its data connection is stuck: only the control connection answers within ${probeMs} ms`),
    )
  }
}

const timeoutsBeforeProbe = 3
const probeMs = 1000

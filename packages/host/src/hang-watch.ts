import { CallError } from './call-error.js'
import { checkHealth } from './check-health.js'
import type { PluginProcess } from './plugin-process.js'

/** Learns from the calls of a connection whether its process is still of use. */
export class HangWatch {
  private timeoutsInARow = 0

  /** @param replace is told why a process is of no use any more */
  constructor(private readonly replace: (process: PluginProcess, reason: string) => void) {}

  succeeded(): void {
    this.timeoutsInARow = 0
  }

  failed(process: PluginProcess, error: unknown): void {
    if (!(error instanceof CallError)) this.succeeded()
    else if (error.kind === 'crashed') this.replace(process, 'its connection broke')
    else if (error.kind === 'timeout' && ++this.timeoutsInARow % timeoutsBeforeProbe === 0) void this.probe(process)
  }

  /** Deadlines are missed: is the plugin busy, or does it hang, or is the connection of the calls stuck? */
  private async probe(process: PluginProcess): Promise<void> {
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

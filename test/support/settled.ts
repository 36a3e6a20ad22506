import { type ProcessResources, processResources } from './process-resources.js'
import type { TestServer } from './start-server.js'
import { until } from './until.js'

/** What a server with one plugin holds when no request, reload or drain is under way any more. */
export async function settled(server: TestServer): Promise<ProcessResources> {
  let last = ''
  return until(
    async () => {
      const resources = await processResources(server.pid)
      const seen = JSON.stringify(countsOf(resources))
      // The plugin, and the shell that ends plugins when the server is killed.
      const isSame = seen === last && resources.children === 2
      last = seen
      return isSame && resources
    },
    { what: 'the server to settle, with two children', timeoutMs: 40_000, intervalMs: 1000 },
  )
}

/** What must be the same again afterwards. */
export function countsOf({ megabytes: _megabytes, ...counts }: ProcessResources): Omit<ProcessResources, 'megabytes'> {
  return counts
}

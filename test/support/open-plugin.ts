import type { TestContext } from 'node:test'
import { type ManagedConnection, openConnection } from '@easyrest/host'
import { repositoryPath } from './repository-path.js'

export interface PluginOptions {
  /** A program; otherwise it is found by the scheme, where npm links the programs of this repository. */
  readonly path?: string
  readonly role?: 'db' | 'cache'
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a plugin as the server does, and speaks the contract to it; ends it with the test. */
export async function openPlugin(t: TestContext, uri: string, options: PluginOptions = {}): Promise<ManagedConnection> {
  const { path, role = 'db', env = {} } = options
  const connection = openConnection(
    {
      ...{ name: 'test', uri, path, sha256: undefined, pluginDirs: [], env, envPass: [] },
      ...{ servesTables: role === 'db', servesCache: role === 'cache' },
      limits: { timeoutMs: 30_000, startTimeoutMs: 15_000, inFlight: 64, queue: 4096, waitMs: 60_000 },
    },
    { besideDirs: [repositoryPath('node_modules/.bin')], hostVersion: '0.0.0', log: () => {} },
  )
  t.after(() => connection.close(0))
  await connection.ready()
  return connection
}

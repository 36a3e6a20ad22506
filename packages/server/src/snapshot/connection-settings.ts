import type { ConnectionSettings } from '@easyrest/host'
import type { Config, ConnectionConfig } from '../config/config.js'

/** What the host needs to know of a connection. */
export const connectionSettings = (connection: ConnectionConfig, config: Config): ConnectionSettings => ({
  name: connection.name,
  uri: connection.uri,
  path: connection.path,
  sha256: connection.sha256,
  tls: connection.tls,
  pluginDirs: config.pluginDirs,
  reattach: connection.reattach,
  servesTables: connection.servesTables,
  servesCache: connection.servesCache,
  env: connection.env,
  envPass: connection.envPass,
  instances: connection.instances,
  limits: connection.limits,
})

// What the server uses, and the conformance suite.
export { BackOff } from './back-off.js'
export { CallError, type CallErrorKind } from './call-error.js'
export type { CancelSignal } from './cancel-signal.js'
export { checkHealth } from './check-health.js'
export type {
  CacheClient,
  CallOptions,
  Connection,
  ConnectionLimits,
  ConnectionSettings,
  ConnectionStatus,
  DbClient,
  InstanceStatus,
  TlsUse,
} from './connection.js'
export { findPlugin, type PluginPlaces, schemeAliases } from './find-plugin.js'
export type { Complaint, InstanceReport } from './instance-report.js'
export { launchPlugin, type StartDependencies } from './launch-plugin.js'
export { type LinkDependencies, type LinkedConnection, linkConnection } from './link-connection.js'
export type { Observation, Observer } from './observation.js'
export type { LogLevel } from './parse-log-line.js'
export {
  type ConnectionDependencies,
  type ManagedConnection,
  type OwnConnection,
  openConnection,
} from './plugin-connection.js'
export { pluginEnvironment } from './plugin-environment.js'
export { PluginNotFound } from './plugin-not-found.js'
export { PluginProcess, unlessExited } from './plugin-process.js'
export { PluginStartError } from './plugin-start-error.js'
export { createSocketDirectory, type SocketDirectory } from './socket-directory.js'
export { UnaryCaller } from './unary-caller.js'
export { verifyAddress } from './verify-address.js'
export { verifyProgram } from './verify-program.js'

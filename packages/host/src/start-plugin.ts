import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  cacheService,
  dbService,
  type InitConnectionResponse,
  PluginError,
  type PluginInfo,
  pluginService,
  type Role,
} from '@easyrest/protocol'
import { CallError } from './call-error.js'
import { checkHealth, orUnsupported } from './check-health.js'
import type { ConnectionSettings } from './connection.js'
import { launchPlugin, type StartDependencies } from './launch-plugin.js'
import { maskSecrets } from './mask-secrets.js'
import { type PluginProcess, type ReadyPlugin, unlessExited } from './plugin-process.js'
import { PluginStartError } from './plugin-start-error.js'
import { startHint } from './start-hint.js'

/**
 * From a configuration entry to a process that serves it. Rejects with PluginNotFound, PluginStartError or the host's
 * own failure, and then nothing of it is left: no process, no directory.
 */
export const startPlugin = async (
  settings: ConnectionSettings,
  dependencies: StartDependencies,
  signal: AbortSignal,
): Promise<ReadyPlugin> => {
  const process = await launchPlugin(settings, dependencies, signal)
  const stop = () => void process.kill()
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await introduce(process, settings, dependencies)
  } catch (error) {
    throw await introductionError(error as Error, process, settings, dependencies)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const introduce = async (
  process: PluginProcess,
  settings: ConnectionSettings,
  { hostVersion }: StartDependencies,
): Promise<ReadyPlugin> => {
  const timeoutMs = settings.limits.startTimeoutMs
  const step = <T>(name: string, work: Promise<T>): Promise<T> =>
    unlessExited(process, work).catch((error: Error) => {
      throw new StepError(name, error)
    })
  await step('the health check', checkHealth(process.control, timeoutMs))
  const info = await step('GetInfo', getInfo(process, settings, hostVersion))
  const roles = rolesToServe(info, settings)
  if (roles.size === 0)
    throw new Error(`it serves neither tables nor a cache, only ${info.roles.join(', ') || 'nothing'}`)
  let server = ''
  for (const role of roles) {
    const answer = await step('InitConnection', initConnection(process, role, settings))
    server ||= answer.server
  }
  await step('opening the data connection', process.connect(timeoutMs))
  return { process, info, roles, server }
}

const getInfo = (process: PluginProcess, settings: ConnectionSettings, hostVersion: string): Promise<PluginInfo> =>
  process.control
    .call(
      pluginService.GetInfo,
      'unspecified',
      { hostName: 'easyrest-server', hostVersion },
      { timeoutMs: settings.limits.startTimeoutMs },
    )
    .catch(orUnsupported(minimalInfo(process, settings)))

// The least a plugin must do does not include GetInfo.
const minimalInfo = ({ program }: PluginProcess, { servesTables, servesCache }: ConnectionSettings): PluginInfo => ({
  name: basename(program),
  version: '',
  roles: [...(servesTables ? (['db'] as const) : []), ...(servesCache ? (['cache'] as const) : [])],
  schemes: [],
  capabilities: [],
  limits: undefined,
  sdk: '',
})

// The cache role makes a table in an SQL database, so it is initialised only where it is used or all there is.
const rolesToServe = ({ roles }: PluginInfo, { servesTables, servesCache }: ConnectionSettings): Set<Role> => {
  const served = new Set<Role>()
  if (servesTables && roles.includes('db')) served.add('db')
  if (roles.includes('cache') && (servesCache || !roles.includes('db'))) served.add('cache')
  return served
}

const initConnection = (
  process: PluginProcess,
  role: Role,
  { uri, name, limits }: ConnectionSettings,
): Promise<InitConnectionResponse> => {
  const rpc = role === 'db' ? dbService.InitConnection : cacheService.InitConnection
  const request = { uri, connectionName: name }
  return process.control.call(rpc, 'unspecified', request, { timeoutMs: limits.startTimeoutMs })
}

/** A step after the handshake that failed. */
class StepError extends Error {
  constructor(step: string, cause: Error) {
    super(`${step} failed: ${describeFailure(cause)}`, { cause })
  }
}

const describeFailure = (error: Error): string => {
  if (error instanceof PluginError) {
    const text = error.details.log === undefined ? '' : ` (${error.details.log})`
    return `the plugin answered ${error.reason}: ${error.message}${text}`
  }
  const cause = error instanceof CallError && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return `${error.message}${cause}`
}

const introductionError = async (
  error: Error,
  process: PluginProcess,
  settings: ConnectionSettings,
  { environment }: StartDependencies,
): Promise<PluginStartError> => {
  // A broken connection is often noticed a moment before the exit that explains it.
  const exit = await Promise.race([process.exited, delay(isBroken(error) ? 1000 : 0, undefined)])
  await process.kill()
  const stderr = await process.lastWords()
  const mask = maskSecrets(settings, environment)
  const problem = mask(error.message)
  const hint = await nextStep(error, process.program, settings.name, { exit, stdout: '', stderr })
  return new PluginStartError({
    connection: settings.name,
    program: process.program,
    problem,
    stderr,
    exit,
    hint,
    cause: error,
  })
}

const isBroken = (error: Error): boolean => error.cause instanceof CallError && error.cause.kind === 'crashed'

const nextStep = (
  error: Error,
  program: string,
  connection: string,
  symptoms: Parameters<typeof startHint>[1],
): Promise<string> | string => {
  const { cause } = error
  if (cause instanceof PluginError && cause.reason === 'unavailable') {
    return `check that the database is running and that plugins.${connection}.uri names it; the host keeps trying`
  }
  if (cause instanceof PluginError) return `correct plugins.${connection}.uri, or see what the plugin logged`
  if (cause instanceof CallError && cause.kind === 'crashed' && !cause.sent) {
    return 'a plugin prints the handshake only after it has begun to listen at that address'
  }
  if (cause instanceof CallError && cause.kind === 'timeout') {
    return `see what the plugin logged, or raise limits.start_timeout of plugins.${connection}`
  }
  if (symptoms.exit !== undefined) return startHint(program, symptoms)
  return 'the plugin must serve easyrest.plugin.v1 over gRPC and grpc.health.v1.Health as proto/easyrest/plugin/v1 says'
}

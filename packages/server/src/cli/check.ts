import { findPlugin, type ManagedConnection, openConnection, verifyProgram } from '@easyrest/host'
import type { Authenticator } from '../auth/authenticate.js'
import type { Config } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'
import { describeConfig } from '../config/describe-config.js'
import { type LoadOptions, loadConfig } from '../config/load-config.js'
import { hostDependencies } from '../host-dependencies.js'
import { certificate } from '../http/listener.js'
import { logLevel } from '../observe/log-level.js'
import { connectionSettings } from '../snapshot/connection-settings.js'
import { openAuthenticator } from '../snapshot/open-authenticator.js'
import { type ExitCode, exitCodes } from './exit-codes.js'

export interface CheckResult {
  readonly exitCode: ExitCode
  readonly text: string
}

/**
 * `--check`: says what would run, or everything that would keep it from running.
 * @param start whether plugins are started (and stopped again); without it nothing is
 */
export const check = async (options: LoadOptions, start: boolean): Promise<CheckResult> => {
  try {
    const { config, warnings } = await loadConfig(options)
    logLevel(options.env)
    const authenticator = openAuthenticator(config.auth)
    if (config.http.tls !== undefined) certificate(config.http.tls)
    const keys = start ? await fetchKeys(authenticator) : []
    const plugins = await (start ? startAll(config) : findAll(config))
    return report(config, warnings, keys, plugins)
  } catch (error) {
    if (error instanceof ConfigError) return { exitCode: exitCodes.configuration, text: error.message }
    throw error
  }
}

/** About one thing that the configuration needs around it. */
interface NeedReport {
  readonly line: string
  readonly failed: boolean
}

const fetchKeys = async ({ remoteKeys }: Authenticator): Promise<NeedReport[]> => {
  if (remoteKeys === undefined) return []
  try {
    await remoteKeys.ready()
    return [{ line: 'keys of the issuer: fetched', failed: false }]
  } catch (error) {
    return [{ line: (error as Error).message, failed: true }]
  }
}

const isMissing = ({ failed }: NeedReport): boolean => failed

const findAll = (config: Config): Promise<NeedReport[]> => {
  const places = hostDependencies(() => {})
  return forEachConnection(config, async (settings) => {
    const program = await findPlugin(settings, places)
    await verifyProgram(program, settings)
    return `program ${program}`
  })
}

const startAll = (config: Config): Promise<NeedReport[]> => {
  const host = hostDependencies(() => {})
  return forEachConnection(config, async (settings) => {
    const connection = openConnection(settings, host)
    try {
      await connection.ready()
      return describePlugin(connection)
    } finally {
      await connection.close(0)
    }
  })
}

const forEachConnection = (
  config: Config,
  inspect: (settings: ManagedConnection['settings']) => Promise<string>,
): Promise<NeedReport[]> =>
  Promise.all(
    [...config.connections.values()].map(async (connection) => {
      try {
        const found = await inspect(connectionSettings(connection, config))
        return { line: `  ${connection.name}: ${found}`, failed: false }
      } catch (error) {
        return { line: `  ${(error as Error).message}`, failed: true }
      }
    }),
  )

const describePlugin = ({ info, status }: ManagedConnection): string =>
  `ready: ${[info?.name, info?.version].filter(Boolean).join(' ')}, program ${status.program}, ` +
  `capabilities ${info?.capabilities.join(', ') || 'none'}`

const report = (
  config: Config,
  warnings: readonly string[],
  keys: readonly NeedReport[],
  plugins: readonly NeedReport[],
): CheckResult => {
  const missing = [
    ...(plugins.some(isMissing) ? ['not every plugin is available'] : []),
    ...(keys.some(isMissing) ? ['the keys of the issuer cannot be had'] : []),
  ]
  const failed = missing.length > 0
  const lines = [
    failed ? `the configuration is valid, but ${missing.join(', and ')}` : 'the configuration is valid',
    ...describeConfig(config),
    ...keys.map(({ line }) => line),
    ...(plugins.length === 0 ? [] : ['plugins:', ...plugins.map(({ line }) => line)]),
    ...warnings.map((warning) => `warning: ${warning}`),
  ]
  return { exitCode: failed ? exitCodes.pluginUnavailable : exitCodes.ok, text: lines.join('\n') }
}

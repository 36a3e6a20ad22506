import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { ListenAddress } from '../config/config.js'
import type { LoadOptions } from '../config/load-config.js'
import type { ReloadFailure, ReloadOutcome } from '../reload/reload-outcome.js'
import { type ExitCode, exitCodes } from './exit-codes.js'
import { findAdmin } from './find-admin.js'

export interface ReloadResult {
  readonly exitCode: ExitCode
  readonly text: string
}

/** `easyrest-server reload`: asks the running server through its admin listener, and says what came of it. */
export const reloadCommand = async (options: LoadOptions): Promise<ReloadResult> => {
  const listen = await findAdmin(options)
  if (listen === undefined)
    return failure(`no admin listener is configured, so there is no answer to wait for; ${bySignal}`)
  if ('port' in listen && listen.port === 0) return failure(`admin.listen has port 0: name the real one with --admin`)
  const place = 'path' in listen ? listen.path : `${listen.host}:${listen.port}`
  try {
    return describe(await askToReload(listen))
  } catch (error) {
    return failure(`no server answers at ${place} (${(error as Error).message}); is it running? ${bySignal}`)
  }
}

const bySignal =
  'add "admin: { listen: 127.0.0.1:9090 }" and restart, or name another place with --admin, ' +
  'or use kill -SIGHUP $(pidof easyrest-server) and read the log'

const failure = (reason: string): ReloadResult => ({ exitCode: exitCodes.failure, text: reason })

const askToReload = (listen: ListenAddress): Promise<ReloadOutcome> =>
  new Promise((resolve, reject) => {
    // No time limit: it takes as long as new plugins take to start, which the configuration bounds.
    const asked = request({ ...target(listen), path: '/-/reload', method: 'POST', agent: false }, (response) => {
      text(response).then((body) => resolve(parseOutcome(body)), reject)
    })
    asked.once('error', reject)
    asked.end()
  })

const target = (listen: ListenAddress) =>
  'path' in listen ? { socketPath: listen.path } : { host: reachable(listen.host), port: listen.port }

// Who listens everywhere is asked here.
const reachable = (host: string): string => ({ '0.0.0.0': '127.0.0.1', '::': '::1' })[host] ?? host

const parseOutcome = (body: string): ReloadOutcome => {
  const outcome = JSON.parse(body) as ReloadOutcome
  if (typeof outcome.reloaded !== 'boolean') throw new Error('it is another program, or another version')
  return outcome
}

const describe = (outcome: ReloadOutcome): ReloadResult => {
  if (!outcome.reloaded) {
    const text = `reload failed, the old configuration stays in force: ${outcome.reason}`
    return { exitCode: exitCodeOf[outcome.because], text }
  }
  const changes = outcome.changes.length === 0 ? ['nothing changed'] : outcome.changes
  const lines = [`reloaded, generation ${outcome.generation}:`, ...changes.map((change) => `  ${change}`)]
  return { exitCode: exitCodes.ok, text: lines.join('\n') }
}

const exitCodeOf: Record<ReloadFailure, ExitCode> = {
  configuration: exitCodes.configuration,
  plugin: exitCodes.pluginUnavailable,
  stopping: exitCodes.failure,
  internal: exitCodes.failure,
}

import { CallError, type Observation as HostObservation } from '@easyrest/host'
import type { Logger } from 'pino'
import type { KeyFetch } from '../auth/remote-keys.js'
import type { ApiError } from '../errors.js'
import { describeHost } from './describe-host.js'
import { logLevel } from './log-level.js'
import { LogOutput } from './log-output.js'
import type { Observation, Observe } from './observation.js'

/**
 * Prints observations: readable lines on a terminal, JSON elsewhere.
 * @param base fields of every line
 */
export const createLog = async (base: object | null = null): Promise<Observe> => {
  const logger = await createLogger(base)
  return (observation) => print(logger, observation)
}

const createLogger = async (base: object | null): Promise<Logger> => {
  const { pino } = await import('pino')
  const options = { level: logLevel(process.env), base }
  if (!process.stdout.isTTY) return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, openOutput(base))
  // Synchronous, so that the last line before an exit is not lost, and loaded only where somebody reads it.
  const { PinoPretty } = await import('pino-pretty')
  return pino(
    options,
    PinoPretty({ sync: true, colorize: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' }),
  )
}

const openOutput = (base: object | null): LogOutput =>
  new LogOutput(1, (lines) => {
    const msg = `${lines} log lines were lost: standard output did not take them`
    return `${JSON.stringify({ level: 40, time: new Date().toISOString(), ...base, msg })}\n`
  })

const print = (logger: Logger, observation: Observation): void => {
  switch (observation.kind) {
    case 'listening':
      return logger.info(
        { address: observation.address },
        `${observation.to === 'data' ? 'listening' : 'listening for operators'} on ${observation.address}`,
      )
    case 'config-warning':
      return logger.warn(`configuration: ${observation.warning}`)
    case 'reloaded':
      return logger.info(
        { generation: observation.generation, changes: observation.changes },
        `configuration reloaded: ${observation.changes.join('; ') || 'nothing changed'}`,
      )
    case 'reload-failed':
      return logger.error(`reload failed, the old configuration stays in force: ${observation.reason}`)
    case 'reload-ignored':
      return logger.warn(`reload ignored: ${observation.reason}`)
    case 'stopping':
      return logger.info({ signal: observation.signal }, `${observation.signal}: finishing requests in flight`)
    case 'stopped':
      return logger.info('stopped')
    case 'drain-timeout':
      return logger.warn(
        { inFlight: observation.inFlight },
        'requests were cut off: they took longer than server.drain_timeout',
      )
    case 'worker-ready':
      return logger.info(fieldsOf(observation), `worker ${observation.worker} serves (pid ${observation.pid})`)
    case 'worker-exited':
      return printWorkerExit(logger, observation)
    case 'worker-stuck':
      return logger.error(fieldsOf(observation), `worker ${observation.worker} is ended: ${observation.reason}`)
    case 'request':
      return printRequest(logger, observation)
    case 'request-failed':
      return printFailure(logger, observation)
    case 'cache-changed':
      return printCache(logger, observation)
    case 'keys-fetched':
    case 'keys-not-fetched':
      return printKeys(logger, observation)
    case 'kv-ready':
    case 'kv-off':
    case 'kv-kopano':
    case 'kv-cleaned':
      return printKv(logger, observation)
    case 'request-shed':
      return printRefusal(logger, observation.because)
    case 'host':
      return printHost(logger, observation.observation)
  }
}

const printKv = (logger: Logger, observation: Extract<Observation, { kind: `kv-${string}` }>): void => {
  const { connection } = observation
  switch (observation.kind) {
    case 'kv-ready': {
      const detours = observation.fallbacks.length === 0 ? '' : `; ${observation.fallbacks.join('; ')}`
      return logger.info({ connection }, `the key/value API is ready on connection ${connection}${detours}`)
    }
    case 'kv-off':
      return logger.error({ connection }, `the key/value API is off, and tried again: ${observation.reason}`)
    case 'kv-kopano':
      return logger.warn(
        { connection },
        `connection ${connection} has a table kv of Kopano's kvs with documents; to copy them: ` +
          `easyrest-server kv import-kopano --from ${connection} --to ${connection}`,
      )
    case 'kv-cleaned':
      return logger.debug({ connection, rows: observation.rows }, `${observation.rows} expired documents were removed`)
  }
}

const printWorkerExit = (logger: Logger, observation: Extract<Observation, { kind: 'worker-exited' }>): void => {
  const { worker, pid, code, signal, expected, retryInMs } = observation
  const how = signal ?? `exit code ${code}`
  if (expected) return logger.debug(fieldsOf(observation), `worker ${worker} (pid ${pid}) has stopped`)
  const next = retryInMs === 0 ? 'at once' : `in ${(retryInMs / 1000).toFixed(1)} s`
  logger.error(fieldsOf(observation), `worker ${worker} (pid ${pid}) ended by itself (${how}); the next starts ${next}`)
}

const fieldsOf = ({ kind: _kind, ...fields }: Observation): object => fields

const printRequest = (logger: Logger, { kind: _kind, ...request }: Extract<Observation, { kind: 'request' }>): void => {
  const { method, path, status, whole } = request
  logger.info(request, `ACCESS: ${method} ${path} ${status}${whole ? '' : ' (not read to its end)'}`)
}

// What a client did wrong is the client's to read; what we did wrong is the operator's.
const printFailure = (
  logger: Logger,
  { requestId, method, path, error }: Extract<Observation, { kind: 'request-failed' }>,
): void => {
  if (error.code === 'overloaded') return printRefusal(logger, error.message)
  const isOurs = error.status >= 500 && error.status !== 501 && !isAbandoned(error)
  const level = isOurs ? 'error' : 'debug'
  logger[level](
    { requestId, code: error.code, cause: causeOf(error) },
    `${method} ${path}: ${error.status} ${error.code}`,
  )
}

// Under overload a line for each refusal would be one more load: one at once, then at most one in ten seconds.
const printRefusal = (logger: Logger, why: string): void => {
  refusals.count++
  if (performance.now() - refusals.printedAt < 10_000) return
  logger.warn(
    { refused: refusals.count },
    `overloaded: ${why} (${refusals.count} requests refused since the last such line)`,
  )
  refusals.count = 0
  refusals.printedAt = performance.now()
}

const refusals = { count: 0, printedAt: Number.NEGATIVE_INFINITY }

// The client went away before its answer, which is its right.
const isAbandoned = ({ cause }: ApiError): boolean => cause instanceof CallError && cause.kind === 'cancelled'

const causeOf = ({ cause }: Error): unknown => {
  if (!(cause instanceof Error)) return cause
  const details = 'details' in cause ? { details: cause.details } : {}
  return {
    name: cause.name,
    message: cause.message,
    ...details,
    stack: cause.name === 'PluginError' ? undefined : cause.stack,
  }
}

const printCache = (
  logger: Logger,
  { connection, cache, error }: Extract<Observation, { kind: 'cache-changed' }>,
): void => {
  if (error === undefined) return logger.info({ connection, cache }, `the cache ${cache} of ${connection} works again`)
  const text = `the cache ${cache} of ${connection} fails; conditional reads ask the database meanwhile`
  logger.warn({ connection, cache, error: error instanceof Error ? error.message : String(error) }, text)
}

const printKeys = (logger: Logger, outcome: KeyFetch): void => {
  const fields = fieldsOf(outcome)
  if (outcome.kind === 'keys-fetched') {
    const text = `${outcome.keys} keys fetched from ${outcome.url}`
    return outcome.changed ? logger.info(fields, text) : logger.debug(fields, text)
  }
  const { url, reason, kept, again } = outcome
  const meanwhile = kept === 0 ? 'tokens that need them are answered 503' : `the ${kept} of before stay in use`
  // An outage is reported when it begins; metrics tell how long it lasts.
  logger[again ? 'debug' : 'error'](fields, `the keys at ${url} cannot be fetched: ${reason}; ${meanwhile}`)
}

const printHost = (logger: Logger, observation: HostObservation): void => {
  const { level, message, fields } = describeHost(observation)
  logger[isRepeated(observation) ? 'debug' : level](fields, message)
}

// A connection that cannot start fails the same way with each try: once a minute is enough.
const isRepeated = (observation: HostObservation): boolean => {
  if (observation.kind !== 'plugin-start-failed') return false
  const { connection, error } = observation
  const last = lastFailures.get(connection)
  if (last?.message === error.message && performance.now() - last.at < 60_000) return true
  lastFailures.set(connection, { message: error.message, at: performance.now() })
  return false
}

const lastFailures = new Map<string, { readonly message: string; readonly at: number }>()

/**
 * Writes to the host's log: one line of JSON on standard error, in the form of HashiCorp's hclog.
 * Lines below the level of EASYREST_PLUGIN_LOG_LEVEL (trace, debug, info, warn, error, off; default info) are left out.
 * `fields` may hold anything JSON can; never put a connection URI or a row into it.
 */
export const log = {
  trace: (message: string, fields?: LogFields): void => write('trace', message, fields),
  debug: (message: string, fields?: LogFields): void => write('debug', message, fields),
  info: (message: string, fields?: LogFields): void => write('info', message, fields),
  warn: (message: string, fields?: LogFields): void => write('warn', message, fields),
  error: (message: string, fields?: LogFields): void => write('error', message, fields),
} as const

export type LogFields = Readonly<Record<string, unknown>>

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'off'] as const

type Level = (typeof levels)[number]

const write = (level: Level, message: string, fields: LogFields = {}): void => {
  if (levels.indexOf(level) < threshold) return
  // A Go host dies of an @-field that is not a string, and reads only timestamps of exactly six digits.
  const line = { '@level': level, '@message': String(message), '@timestamp': timestamp(), ...ownFields(fields) }
  process.stderr.write(`${printLine(line)}\n`)
}

const configuredThreshold = (): number => {
  const index = levels.indexOf((process.env.EASYREST_PLUGIN_LOG_LEVEL ?? '').toLowerCase() as Level)
  return index === -1 ? levels.indexOf('info') : index
}

const threshold = configuredThreshold()

const timestamp = (): string => new Date().toISOString().replace('Z', '000Z')

const ownFields = (fields: LogFields): LogFields =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => !name.startsWith('@') && value !== undefined))

// A line that cannot be printed must not become a failure of what wanted to log it.
const printLine = (line: LogFields): string => {
  try {
    return JSON.stringify(line, (_name, value) => (typeof value === 'bigint' ? value.toString() : value))
  } catch {
    return JSON.stringify({ '@level': line['@level'], '@message': line['@message'], '@timestamp': line['@timestamp'] })
  }
}

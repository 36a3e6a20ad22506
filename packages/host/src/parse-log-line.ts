export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

export interface LogLine {
  readonly level: LogLevel
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What a plugin logs comes as hclog's JSON, as pino's or bunyan's JSON, with a [LEVEL] in front, or as plain text. */
export const parseLogLine = (line: string, previous: LogLevel = 'info'): LogLine =>
  parseJsonLine(line) ?? parseTaggedLine(line) ?? { level: plainLevel(line, previous), message: line, fields: {} }

// Lenient where go-plugin's host is not: any time stamp, unknown levels, values that are not strings.
const parseJsonLine = (line: string): LogLine | undefined => {
  if (!line.startsWith('{')) return undefined
  const members = parseObject(line)
  if (members === undefined) return undefined
  const { '@level': hclogLevel, '@message': hclogMessage, '@timestamp': _time, ...others } = members
  if (hclogMessage !== undefined) return { level: toLevel(hclogLevel), message: toText(hclogMessage), fields: others }
  const { level, msg, message, time: _pinoTime, ...fields } = others
  const text = msg ?? message
  return text === undefined ? undefined : { level: toLevel(level), message: toText(text), fields }
}

const parseObject = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const parseTaggedLine = (line: string): LogLine | undefined => {
  const tagged = /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?\[([A-Za-z]{3,8})\]\s*(.*)$/s.exec(line)
  const level = tagged === null ? undefined : levelWords[tagged[1]!.toLowerCase()]
  return level === undefined ? undefined : { level, message: tagged![2]!, fields: {} }
}

// A stack trace is printed line by line; its indented lines belong to the error above them.
const plainLevel = (line: string, previous: LogLevel): LogLevel => {
  if (/^\s/.test(line)) return previous
  return /^(panic: |fatal error: |Traceback |Uncaught |goroutine \d|error: |[\w.]*(Error|Exception)\b)/i.test(line)
    ? 'error'
    : 'info'
}

const toLevel = (level: unknown): LogLevel => {
  if (typeof level === 'number') return numericLevel(level)
  return levelWords[String(level).toLowerCase()] ?? 'info'
}

// pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal.
const numericLevel = (level: number): LogLevel =>
  level < 20 ? 'trace' : level < 30 ? 'debug' : level < 40 ? 'info' : level < 50 ? 'warn' : 'error'

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const levelWords: Readonly<Record<string, LogLevel>> = Object.assign(Object.create(null), {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  err: 'error',
  error: 'error',
  fatal: 'error',
  critical: 'error',
  panic: 'error',
})

import type { Observation as HostObservation } from '@easyrest/host'
import { reattachVariable } from '../config/read-reattached.js'

export interface LogLine {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error'
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

/** What happened between host and plugins, as a log line under the connection's name. */
export const describeHost = (observation: HostObservation): LogLine => {
  const { kind, connection, ...fields } = observation
  const line = (level: LogLine['level'], message: string, more: object = fields): LogLine => ({
    level,
    fields: { connection, ...more },
    message: `${connection}: ${message}`,
  })
  // The error names the connection itself.
  const plain = (level: LogLine['level'], message: string, more: object): LogLine => ({
    ...line(level, '', more),
    message,
  })
  switch (observation.kind) {
    case 'plugin-started':
      return line('debug', `started ${observation.program}`)
    case 'plugin-attached':
      return line('warn', `uses the plugin that somebody else runs at ${observation.address} (${reattachVariable})`)
    case 'plugin-ready':
      return line(
        'info',
        `ready: ${observation.plugin} ${observation.version}${observation.server === '' ? '' : `, ${observation.server}`}`,
      )
    case 'plugin-start-failed':
      return plain(
        'error',
        `${observation.error.message} (next try in ${(observation.retryInMs / 1000).toFixed(1)} s)`,
        { retryInMs: observation.retryInMs },
      )
    case 'plugin-exited':
      if (observation.expected) return line('debug', 'the plugin process has stopped')
      return line(
        'error',
        observation.replacedBecause === undefined
          ? `the plugin process ended by itself (${observation.signal ?? `exit code ${observation.code}`})`
          : 'the plugin process that is replaced has ended',
      )
    case 'plugin-replaced':
      return line('warn', `the plugin process is replaced: ${observation.reason}`)
    case 'leftovers-removed':
      return plain(
        'warn',
        `removed what a server that was killed left behind: ${observation.processes} processes, ${observation.directories} socket directories`,
        { processes: observation.processes, directories: observation.directories },
      )
    case 'plugin-log':
      return line(observation.level, observation.message, { pid: observation.pid, ...ownFields(observation.fields) })
    case 'plugin-output':
      return line(
        'warn',
        `the plugin wrote ${observation.bytes} bytes to its standard output, which is reserved for the handshake: ${observation.text}`,
        { pid: observation.pid },
      )
  }
}

// A plugin's own level or time would stand in the line a second time, and its connection instead of the true one.
const ownFields = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [ours.has(name) ? `plugin.${name}` : name, value]))

const ours: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'connection', 'pid'])

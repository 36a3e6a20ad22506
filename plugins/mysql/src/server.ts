import type { MysqlRow } from './connection.js'

/** What answered, and what it can do beyond what all can. */
export interface Server {
  /** e.g. "MariaDB 10.11.19". */
  readonly name: string
  readonly isMariaDb: boolean
  /** INSERT ... RETURNING. */
  readonly hasReturning: boolean
  /** Bytes that one statement may have. */
  readonly maxPacket: number
  readonly readOnly: boolean
  /** Seconds that the server or the account lets a statement run; 0: any time. */
  readonly statementLimit: number
}

/**
 * From @@version, @@max_allowed_packet and @@read_only.
 *
 * @param limits what the session's variables say of the time of statements, by their names
 */
export const serverOf = ([version, maxPacket, readOnly]: MysqlRow, limits: readonly MysqlRow[]): Server => {
  const text = String(version)
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(text) ?? []
  const isMariaDb = /mariadb/i.test(text)
  return {
    name: `${isMariaDb ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(text)?.[0] ?? text}`,
    isMariaDb,
    hasReturning: isMariaDb && (Number(major) > 10 || (Number(major) === 10 && Number(minor) >= 5)),
    maxPacket: Number(maxPacket),
    readOnly: String(readOnly) !== '0',
    // MySQL counts in milliseconds.
    statementLimit: Number(limits[0]?.[1] ?? 0) / (isMariaDb ? 1 : 1000),
  }
}

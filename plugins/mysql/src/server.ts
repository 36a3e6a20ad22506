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
}

/** From @@version, @@max_allowed_packet and @@read_only. */
export const serverOf = ([version, maxPacket, readOnly]: MysqlRow): Server => {
  const text = String(version)
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(text) ?? []
  const isMariaDb = /mariadb/i.test(text)
  return {
    name: `${isMariaDb ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(text)?.[0] ?? text}`,
    isMariaDb,
    hasReturning: isMariaDb && (Number(major) > 10 || (Number(major) === 10 && Number(minor) >= 5)),
    maxPacket: Number(maxPacket),
    readOnly: String(readOnly) !== '0',
  }
}

import { isIdentifier, unknownName } from '@easyrest/protocol'
import type { Connection, MysqlRow } from './connection.js'
import type { MysqlTable } from './mysql-table.js'
import { readTable } from './read-table.js'

/**
 * The tables of the database as they were a moment ago. MySQL has no version of its schema to ask for, so what is known of
 * a table is looked at again in the background while it is used, and at once when a request does not fit it.
 */
export class Catalog {
  private readonly entries = new Map<string, Entry>()
  private marks = 0

  /** @param aside runs something on a connection of its own */
  constructor(private readonly aside: <Result>(work: (connection: Connection) => Promise<Result>) => Promise<Result>) {}

  /** Throws `unknown_table` with the nearest name. */
  async table(name: string, connection: Connection): Promise<MysqlTable> {
    const entry = this.entries.get(name)
    if (entry === undefined) return this.read(name, connection)
    entry.usedAt = ++this.marks
    if (performance.now() - entry.readAt > freshMs) this.refresh(name, entry)
    return entry.table
  }

  /** The table that is there under this name; undefined: none. */
  async find(name: string, connection: Connection): Promise<MysqlTable | undefined> {
    return isOwnTable(name) ? undefined : this.keep(name, await readTable(name, connection))
  }

  /** What was last known. */
  known(name: string): MysqlTable | undefined {
    return this.entries.get(name)?.table
  }

  /** A moment, for `hasChangedSince`. */
  mark(): number {
    return ++this.marks
  }

  /** Looks again at the tables that were asked for since the mark. True: one of them is not as it was known. */
  async hasChangedSince(mark: number): Promise<boolean> {
    const asked = [...this.entries].filter(([, { usedAt }]) => usedAt >= mark)
    const changes = await this.aside(async (connection) => {
      let changed = false
      for (const [name, { table }] of asked) changed = (await this.find(name, connection)) !== table || changed
      return changed
    })
    return changes
  }

  /** Names of all tables and views, in their order. */
  async names(connection: Connection): Promise<string[]> {
    return (await connection.rows(tableNames)).map(([name]) => textOf(name)).filter((name) => !isOwnTable(name))
  }

  private async read(name: string, connection: Connection): Promise<MysqlTable> {
    const table = isIdentifier(name) || name !== '' ? await this.find(name, connection) : undefined
    if (table !== undefined) return table
    throw unknownName('table', name, await this.names(connection))
  }

  // The same value as long as nothing has changed: what is known of its statements is kept with it.
  private keep(name: string, table: MysqlTable | undefined): MysqlTable | undefined {
    const before = this.entries.get(name)
    if (table === undefined) {
      this.entries.delete(name)
      return undefined
    }
    const print = fingerprint(table)
    const same = before?.print === print ? before.table : table
    this.entries.set(name, { table: same, print, readAt: performance.now(), usedAt: ++this.marks })
    return same
  }

  private refresh(name: string, entry: Entry): void {
    entry.readAt = performance.now()
    this.aside((connection) => this.find(name, connection)).catch(() => {
      // What is known stays; the next call that does not fit it looks again.
    })
  }
}

/** Tables this plugin made for itself. */
export const isOwnTable = (name: string): boolean => name.toLowerCase() === 'easyrest_cache'

interface Entry {
  readonly table: MysqlTable
  readonly print: string
  readAt: number
  usedAt: number
}

const freshMs = 1000

const fingerprint = ({ columns, ...table }: MysqlTable): string => JSON.stringify([table, [...columns.values()]])

const tableNames = {
  text: `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
    AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME`,
  parameters: [],
}

const textOf = (value: MysqlRow[number] | undefined): string => String(value)

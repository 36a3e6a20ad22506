import { PluginError, unknownName } from '@easyrest/protocol'
import { type TimestampForm, timestampFormOf } from '@easyrest/sql'
import type { Database, SqliteRow, SqliteValue } from './database.js'
import { sqliteDialect } from './sqlite-dialect.js'
import { SqliteFailure } from './sqlite-failure.js'
import type { SqliteColumn, SqliteTable } from './sqlite-table.js'
import { valueTypeOf } from './value-type.js'

/**
 * The tables and views of a database as they are now. What was read is kept until the version of the schema changes,
 * which SQLite counts in the file, so that a change by any program is noticed with the next call.
 */
export class Catalog {
  private version = -1n
  private looked = false
  private entries: ReadonlyMap<string, CatalogEntry> = new Map()
  private readonly tables = new Map<string, SqliteTable>()

  constructor(private readonly database: Database) {}

  /** A call begins: what another program has changed since the last one is noticed. */
  begin(): void {
    this.looked = false
  }

  /** Throws `unknown_table` with the nearest name. */
  table(name: string): SqliteTable {
    if (!this.looked) this.isOutdated()
    const known = this.tables.get(name)
    if (known !== undefined) return known
    const entry = this.entries.get(name)
    if (entry === undefined) throw unknownName('table', name, this.entries.keys())
    const table = this.read(entry)
    this.tables.set(name, table)
    return table
  }

  /** What SQLite takes for this name, which may be spelled in another case; undefined: the name is free. */
  find(name: string): SqliteTable | undefined {
    if (!this.looked) this.isOutdated()
    const spelled = [...this.entries.keys()].find((known) => known.toLowerCase() === name.toLowerCase())
    return spelled === undefined ? undefined : this.table(spelled)
  }

  /** The table as it was when it was last asked for; only after `table`. */
  known(name: string): SqliteTable {
    return this.tables.get(name)!
  }

  /** All that can be read, in the order of their names, and the version they have. */
  snapshot(): { tables: SqliteTable[]; version: string } {
    this.isOutdated()
    const tables = [...this.entries.keys()].sort().flatMap((name) => this.readableTable(name))
    return { tables, version: String(this.version) }
  }

  foreignKeys(table: string): ForeignKey[] {
    return groupForeignKeys(this.database.all({ text: foreignKeyList, parameters: [table] }))
  }

  /** Looks at the version now. True: the schema had changed since the last look. */
  isOutdated(): boolean {
    this.looked = true
    const version = this.database.get(schemaVersion)![0] as bigint
    if (version === this.version) return false
    this.tables.clear()
    this.entries = new Map(this.database.all(tableList).map((row) => [String(row[0]), entryOf(row)]))
    this.version = version
    return true
  }

  private readableTable(name: string): SqliteTable[] {
    try {
      return [this.table(name)]
    } catch (error) {
      if (error instanceof PluginError) return []
      throw error
    }
  }

  private read(entry: CatalogEntry): SqliteTable {
    const rows = this.columnRows(entry)
    const key = rows.filter((row) => row[keyPosition] !== 0n)
    const hasRowIdKey = this.hasRowIdKey(entry, key)
    const columns = new Map<string, SqliteColumn>()
    for (const row of rows) {
      if (row[hidden] !== 1n) columns.set(String(row[0]), this.column(entry, row, hasRowIdKey))
    }
    const primaryKey = key.sort((a, b) => Number(a[keyPosition]) - Number(b[keyPosition])).map((row) => String(row[0]))
    const { name, kind } = entry
    return {
      name,
      kind,
      rowId: rowIdOf(entry, columns),
      hasAftereffects: this.hasAftereffects(entry),
      columns,
      primaryKey,
    }
  }

  private hasAftereffects({ name, kind }: CatalogEntry): boolean {
    return kind === 'table' && this.database.get({ text: aftereffects, parameters: [name, name] }) !== undefined
  }

  // SQLite keeps a view whose tables are gone.
  private columnRows({ name, kind }: CatalogEntry): SqliteRow[] {
    try {
      return this.database.all({ text: columnList, parameters: [name] })
    } catch (cause) {
      if (kind === 'table' || !(cause instanceof SqliteFailure)) throw cause
      const details = { table: name, log: cause.message }
      throw new PluginError('unknown_table', `the view ${name} refers to something that is gone`, { details, cause })
    }
  }

  /** A key of one INTEGER column is the row id itself, and then has no index of its own. */
  private hasRowIdKey({ name, kind, withoutRowId }: CatalogEntry, key: readonly SqliteRow[]): boolean {
    if (kind === 'view' || withoutRowId || key.length !== 1 || String(key[0]![1]).toUpperCase() !== 'INTEGER')
      return false
    return this.database.get({ text: keyIndex, parameters: [name] }) === undefined
  }

  private column(entry: CatalogEntry, row: SqliteRow, hasRowIdKey: boolean): SqliteColumn {
    const name = String(row[0])
    const isKey = row[keyPosition] !== 0n
    const type = valueTypeOf(String(row[1] ?? ''), entry.strict)
    const isRowId = hasRowIdKey && isKey
    return {
      name,
      type,
      nullable: row[2] === 0n && !isRowId && !(entry.withoutRowId && isKey),
      generated: row[hidden] === 2n || row[hidden] === 3n,
      asText: false,
      defaultSql: row[3] === null ? undefined : String(row[3]),
      automatic: isRowId,
      timestampForm: type === 'timestamp' ? this.sampledForm(entry.name, name) : () => 'space',
    }
  }

  // Once a value was seen, the form is kept; an empty column is looked at again.
  private sampledForm(table: string, column: string): () => TimestampForm {
    let form: TimestampForm | undefined
    return () => {
      form ??= this.sampleForm(sqliteDialect.quoteIdentifier(table), sqliteDialect.quoteIdentifier(column))
      return form ?? 'space'
    }
  }

  private sampleForm(table: string, column: string): TimestampForm | undefined {
    const text = `SELECT v FROM (SELECT ${column} AS v FROM ${table} LIMIT 100) WHERE typeof(v) = 'text' LIMIT 1`
    const value = this.database.get({ text, parameters: [] })?.[0]
    return typeof value === 'string' ? timestampFormOf(value) : undefined
  }
}

export interface ForeignKey {
  readonly columns: readonly string[]
  readonly table: string
  /** Empty: the primary key of that table. */
  readonly references: readonly string[]
}

/** Tables this plugin made for itself. */
const ownTables = ['easyrest_cache']

export const isOwnTable = (name: string): boolean => ownTables.includes(name.toLowerCase())

interface CatalogEntry {
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly withoutRowId: boolean
  readonly strict: boolean
}

const schemaVersion = { text: 'PRAGMA schema_version', parameters: [] }

const tableList = {
  text: `SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'
    AND name NOT LIKE 'sqlite^_%' ESCAPE '^' AND lower(name) NOT IN (${ownTables.map((name) => `'${name}'`).join(', ')})`,
  parameters: [],
}

const columnList = 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid'
const keyPosition = 4
const hidden = 5

const keyIndex = `SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'`

const aftereffects = `SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE
  UNION ALL SELECT 1 FROM pragma_foreign_key_list(?) AS f WHERE f."table" = f.arg COLLATE NOCASE
    AND NOT (on_update IN ('NO ACTION', 'RESTRICT') AND on_delete IN ('NO ACTION', 'RESTRICT'))`

const foreignKeyList = 'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq'

const entryOf = ([name, type, withoutRowId, strict]: SqliteRow): CatalogEntry => ({
  name: String(name),
  kind: type === 'view' ? 'view' : 'table',
  withoutRowId: withoutRowId === 1n,
  strict: strict === 1n,
})

const rowIdOf = ({ kind, withoutRowId }: CatalogEntry, columns: ReadonlyMap<string, unknown>): string | undefined => {
  if (kind === 'view' || withoutRowId) return undefined
  const taken = [...columns.keys()].map((name) => name.toLowerCase())
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.includes(name))
}

const groupForeignKeys = (rows: readonly SqliteRow[]): ForeignKey[] => {
  const groups = new Map<SqliteValue, SqliteRow[]>()
  for (const row of rows) groups.set(row[0]!, [...(groups.get(row[0]!) ?? []), row])
  return [...groups.values()].map((group) => ({
    columns: group.map((row) => String(row[2])),
    table: String(group[0]![1]),
    references: group.filter((row) => row[3] !== null).map((row) => String(row[3])),
  }))
}

import { type IndexDefinition, PluginError } from '@easyrest/protocol'
import { mysqlDialect } from './mysql-dialect.js'
import type { MysqlSession } from './mysql-session.js'

/** The indexes of a table beside those that are wanted. */
export class EnsuredIndexes {
  constructor(
    private readonly session: MysqlSession,
    private readonly table: string,
  ) {}

  /** Whether the index is there. Throws `bad_value` when its name is taken by another. */
  async has({ name, columns, unique }: IndexDefinition): Promise<boolean> {
    const rows = await this.session.rows({ text: indexParts, parameters: [this.table] })
    const parts = rows.filter(([index]) => sameName(String(index), name))
    if (parts.length === 0) return false
    const indexed = parts.map(([, column, , part]) => (part === null ? column : undefined))
    const isUnique = String(parts[0]![2]) === '0'
    const isSame = indexed.length === columns.length && indexed.every((column, index) => column === columns[index])
    if (isSame && isUnique === unique) return true
    throw new PluginError(
      'bad_value',
      `${name} exists already and is an index with other columns or another kind; choose another name`,
      {
        details: { constraint: name },
      },
    )
  }
}

/** Names of columns and indexes differ by more than case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** As CREATE TABLE and ALTER TABLE write it. */
export const indexSql = ({ name, columns, unique }: IndexDefinition): string => {
  const quoted = mysqlDialect.quoteIdentifier
  return `${unique ? 'UNIQUE KEY' : 'KEY'} ${quoted(name)} (${columns.map(quoted).join(', ')})`
}

const indexParts = `SELECT INDEX_NAME, COLUMN_NAME, NON_UNIQUE, SUB_PART FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX`

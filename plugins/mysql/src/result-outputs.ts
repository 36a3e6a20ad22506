import { PluginError } from '@easyrest/protocol'
import type { Output } from '@easyrest/sql'
import type { Field } from './connection.js'
import { computedColumn, type MysqlColumn } from './mysql-table.js'

/** The members of rows that no request has described. Throws `bad_value` for two of one name. */
export const outputsOf = (fields: readonly Field[]): Output<MysqlColumn>[] => {
  const names = fields.map(({ name }) => name)
  const repeated = names.find((name, index) => names.indexOf(name) < index)
  if (repeated !== undefined) {
    throw new PluginError('bad_value', `two columns of the answer are named ${repeated}; rename one with AS`, {
      details: { column: repeated },
    })
  }
  return names.map((name) => ({ alias: name, sql: '', column: computedColumn(name, 'other') }))
}

import { type JsonRow, type JsonValue, PluginError, type Projection } from '@easyrest/protocol'
import { rowValue } from './row-value.js'

/**
 * The members `select` asks for, in its order and under its aliases; whole rows when it is empty. Columns and constant
 * values only. Rows hold every column of their table. Throws PluginError `unknown_column` or `unsupported`.
 */
export const projectRows = (rows: readonly JsonRow[], select: readonly Projection[]): readonly JsonRow[] =>
  select.length === 0 ? rows : rows.map((row) => new Map(select.map((member) => [member.alias, project(row, member)])))

const project = (row: JsonRow, projection: Projection): JsonValue => {
  if (projection.kind === 'aggregate' || projection.cast !== '') {
    const capability = projection.kind === 'aggregate' ? 'aggregates' : 'cast'
    throw new PluginError('unsupported', `this plugin has no ${capability}`, { details: { capability } })
  }
  return projection.kind === 'column' ? rowValue(row, projection.column) : { kind: 'string', text: projection.value }
}

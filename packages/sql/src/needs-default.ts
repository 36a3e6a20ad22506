import { PluginError } from '@easyrest/protocol'

/** The refusal of a new column that the rows of a table would have no value for. */
export const needsDefault = (table: string, column: string): PluginError =>
  new PluginError('not_null', `${table} has rows, so its new column ${column} needs a default, or must be nullable`, {
    details: { column, table },
  })

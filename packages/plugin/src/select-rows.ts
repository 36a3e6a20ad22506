import type { JsonRow, TableGetRequest } from '@easyrest/protocol'
import type { RowsAnswer } from './db-plugin.js'
import { matches } from './matches.js'
import { projectRows } from './project-rows.js'
import { sortRows } from './sort-rows.js'

/**
 * Answers TableGet from rows in memory: where, ordering, page, select, count. For databases without a query language.
 * Rows hold every column of their table. Throws PluginError `unknown_column`, `bad_value` or `unsupported`.
 */
export const selectRows = (rows: readonly JsonRow[], request: TableGetRequest): RowsAnswer => {
  const { where, ordering, page, select, count } = request
  const found = rows.filter((row) => matches(row, where))
  const start = page?.offset ?? 0
  const end = start + (page?.limit ?? Infinity)
  return {
    rows: projectRows(sortRows(found, ordering, select).slice(start, end), select),
    total: count === 'exact' ? found.length : undefined,
  }
}

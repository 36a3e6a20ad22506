import type { JsonRow, TableGetRequest } from '@easyrest/protocol'
import type { RowsAnswer } from './db-plugin.js'
import { matches } from './matches.js'
import { projectRows } from './project-rows.js'
import { sortRows } from './sort-rows.js'

/**
 * Answers TableGet from rows in memory, or what is wished of the rows of a function: where, ordering, page, select, count.
 * For databases without a query language.
 * Rows hold every column of their table. Throws PluginError `unknown_column`, `bad_value` or `unsupported`.
 */
export const selectRows = (rows: readonly JsonRow[], request: RowsRequest): RowsAnswer => {
  const { where, ordering, page, select, count } = request
  const found = rows.filter((row) => matches(row, where))
  const start = page?.offset ?? 0
  const end = start + (page?.limit ?? Infinity)
  return {
    rows: projectRows(sortRows(found, ordering, select).slice(start, end), select),
    total: count === 'exact' ? found.length : undefined,
  }
}

/** What a table request and the call of a function have in common. */
export type RowsRequest = Pick<TableGetRequest, 'where' | 'ordering' | 'page' | 'select' | 'count'>

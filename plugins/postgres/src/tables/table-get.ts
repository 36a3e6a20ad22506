import type { Call, RowsAnswer } from '@easyrest/plugin'
import { PluginError, type TableGetRequest } from '@easyrest/protocol'
import { cachedSelectStatement, countStatement } from '@easyrest/sql'
import type { Database } from '../database.js'
import type { Step } from '../server-connection.js'
import { jsonRowsText } from '../sql/json-rows-statement.js'
import type { TableUse } from '../use.js'
import { RowCollector } from '../values/row-collector.js'
import { takeText } from '../wire/backend-messages.js'
import type { Parameter } from '../wire/frontend-writer.js'

/** In one round trip. */
export const tableGet = (database: Database, request: TableGetRequest, call?: Call): Promise<RowsAnswer> =>
  database.onTable(request, call, async (use) => {
    const rows = new RowCollector(request.maxReplyBytes || largestReply)
    const steps = [...use.comparison, rowsStep(request, use, rows.add)]
    const total = await runRead(database, request, use, steps)
    use.confirm()
    if (request.expectSingle && rows.rowCount !== 1) {
      throw new PluginError('singular', `expected exactly one row, found ${rows.rowCount}`)
    }
    return { rows: rows.rows(), rowCount: rows.rowCount, lastKey: rows.lastKey(), total }
  })

/** The rows of a request, each as JSON. */
export const rowsStep = (request: TableGetRequest, { thing: table, target }: TableUse, onRow: Step['onRow']): Step => {
  const statement = cachedSelectStatement(request, table, target)
  return {
    text: jsonRowsText(statement, 'select', request.context),
    parameters: statement.parameters as Parameter[],
    onRow,
  }
}

/** How many rows the request has without its page. */
export const countStep = (
  request: TableGetRequest,
  { thing: table, target }: TableUse,
  onCount: (total: number) => void,
): Step => {
  const { text, parameters } = countStatement(request, table, target)
  return {
    text,
    parameters: parameters as Parameter[],
    onRow: takeText(([count]) => onCount(Number(count))),
  }
}

const runRead = async (
  { transactions }: Database,
  request: TableGetRequest,
  use: TableUse,
  steps: readonly Step[],
): Promise<number | undefined> => {
  if (request.count !== 'exact') return void (await transactions.read(use.scope, steps))
  let total = 0
  // Both statements see one state of the database.
  await transactions.readSnapshot(use.scope, [...steps, countStep(request, use, (count) => (total = count))])
  return total
}

export const largestReply = 64 * 1024 * 1024 - 64 * 1024

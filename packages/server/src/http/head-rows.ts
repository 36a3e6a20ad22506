import type { TableGetRequest, TableGetResponse } from '@easyrest/protocol'
import type { TableGet } from '../request/table-get.js'
import { type AnsweredRows, countedRows } from '../response/answered-rows.js'
import { isExport } from '../response/format.js'

/**
 * What the headers of a HEAD say of rows, where it follows from their total, or nothing is said of them before they are
 * streamed: then none has to be read. Throws ApiError and what `ask` throws, as the GET would.
 */
export const headRows = async (
  get: TableGet,
  ask: (request: TableGetRequest) => Promise<TableGetResponse>,
): Promise<AnsweredRows> => {
  const { total } = await ask({ ...get.request, page: { offset: 0, limit: 0 } })
  return countedRows(get, total)
}

/** Of a plugin that streams. A tag, a single object and a form depend on the rows, and a cast or aggregate may fail on one. */
export const needsNoRows = ({ request, format, tagged }: TableGet): boolean => {
  const said = request.count === 'exact' ? format === 'json' || isExport(format) : isExport(format)
  const plain = request.select.every((item) => item.kind !== 'aggregate' && item.cast === '')
  return said && format !== 'form' && !tagged && plain
}

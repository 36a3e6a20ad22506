import { PluginError, type TableGetRequest, type TableGetResponse } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { parseTableGet, type TableGet } from '../request/table-get.js'
import type { TableInput } from '../request/table-input.js'
import { type AnsweredRows, streamedRows, wholeRows } from '../response/answered-rows.js'
import { isExport } from '../response/format.js'
import type { HttpResponse } from '../response/http-response.js'
import { tableGetResponse } from '../response/table-response.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import { conditionalGet } from './conditional-get.js'
import { contentLocation } from './content-location.js'
import type { Exchange } from './exchange.js'
import { headRows, needsNoRows } from './head-rows.js'
import { keysetGet } from './keyset-get.js'
import { keysetRows } from './keyset-rows.js'
import { nextLink } from './next-link.js'
import { pluginCall } from './plugin-call.js'
import { tableColumns } from './table-columns.js'

/**
 * GET and HEAD on a table. Rows come in one message when they fit into it; a large result, and every export, comes as a
 * stream where the plugin has one. Throws ApiError, PluginError, CallError.
 */
export const tableGetRoute = async (
  exchange: Exchange,
  served: ServedConnection,
  input: TableInput,
): Promise<HttpResponse> => {
  const parsed = parseTableGet(input)
  const walked = parsed.walks ? await keysetGet(exchange, served, input, parsed) : parsed
  const get = walked.format === 'csv' ? { ...walked, columns: () => tableColumns(exchange, served, input) } : walked
  let next: string | undefined
  const ask = async (): Promise<AnsweredRows> => {
    const rows = await askRows(exchange, served, get)
    next = rows.next
    return rows
  }
  const response = get.tagged
    ? await conditionalGet(exchange, served, get, input.preferences, ask)
    : tableGetResponse(get, await ask(), input.preferences)
  return withLinks(exchange, response, next)
}

const withLinks = (
  { request, snapshot }: Exchange,
  response: HttpResponse,
  cursor: string | undefined,
): HttpResponse => {
  const { headers } = response
  const link =
    cursor === undefined ? undefined : { Link: nextLink(request, cursor, snapshot.config.server.maxUrlBytes) }
  return { ...response, headers: { ...headers, ...link, 'Content-Location': contentLocation(request) } }
}

const askRows = async (exchange: Exchange, served: ServedConnection, get: TableGet): Promise<AnsweredRows> => {
  if (get.keyset !== undefined) {
    return keysetRows(get, get.keyset, (request) => askPage(exchange, served, request))
  }
  if (exchange.request.method === 'HEAD' && served.connection.can('stream') && needsNoRows(get)) {
    return headRows(get, (request) => askPage(exchange, served, request))
  }
  // Only rows that are there as a whole can have a tag, so whoever may need one is not served by a stream at once.
  const streams = isExport(get.format) && !get.tagged && served.connection.can('stream')
  const whole = streams ? undefined : await askWhole(exchange, served, get)
  return whole ?? (await askStream(exchange, served, get))
}

/** undefined: the answer is too large for one message, and the plugin can stream it. */
const askWhole = async (
  exchange: Exchange,
  served: ServedConnection,
  get: TableGet,
  maxReplyBytes = replyLimit(served),
): Promise<AnsweredRows | undefined> => {
  const request = maxReplyBytes === 0 ? get.request : { ...get.request, maxReplyBytes }
  try {
    const answer = await pluginCall(exchange, served, request.table, (options) =>
      served.connection.db.tableGet(request, options),
    )
    return await wholeRows(get, answer)
  } catch (error) {
    if (!(error instanceof PluginError && error.reason === 'too_large')) throw error
    if (served.connection.can('stream')) return undefined
    // The plugin was still starting when the limit was chosen, and turned out to have no stream.
    if (maxReplyBytes > 0) return askWhole(exchange, served, get, 0)
    throw tooLarge(error)
  }
}

// A stream has no last key.
const askPage = async (
  exchange: Exchange,
  served: ServedConnection,
  request: TableGetRequest,
): Promise<TableGetResponse> => {
  try {
    return await pluginCall(exchange, served, request.table, (options) =>
      served.connection.db.tableGet(request, options),
    )
  } catch (error) {
    throw error instanceof PluginError && error.reason === 'too_large' ? tooLarge(error) : error
  }
}

// Of a plugin that is still starting nothing is known yet. 0: what one message may hold, 64 MiB.
const replyLimit = ({ connection }: ServedConnection): number =>
  connection.info === undefined || connection.can('stream') ? frameBytes : 0

const askStream = (exchange: Exchange, served: ServedConnection, get: TableGet): Promise<AnsweredRows> =>
  pluginCall(exchange, served, get.request.table, (options) =>
    // A stream has its reader's pace: the time limit is that of each chunk, not what is left of the request.
    streamedRows(get, served.connection.db.tableGetStream(get.request, { signal: options.signal })),
  )

const tooLarge = (error: PluginError): ApiError =>
  new ApiError('too_large', {
    detail: error.message,
    hint: 'Use limit= and offset= to ask for fewer rows at a time',
    cause: error,
  })

// What one frame of a session holds: a larger answer would hold up the others behind it.
const frameBytes = 256 * 1024

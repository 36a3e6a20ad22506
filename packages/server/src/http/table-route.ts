import type { CallOptions } from '@easyrest/host'
import type { TableCreateRequest, TableCreateResponse, TableDeleteRequest } from '@easyrest/protocol'
import { authorize } from '../auth/authorize.js'
import { ApiError } from '../errors.js'
import type { Preferences } from '../request/prefer.js'
import { parseTableDelete, parseTableUpdate } from '../request/table-change.js'
import { parseTableCreate } from '../request/table-create.js'
import type { TableInput } from '../request/table-input.js'
import { parseTablePut } from '../request/table-put.js'
import type { WriteAnswer } from '../request/write-answer.js'
import type { HttpResponse } from '../response/http-response.js'
import { tableCreateResponse, tableDeleteResponse, tableUpdateResponse } from '../response/write-response.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import { parseDataRequest } from './data-request.js'
import { enter } from './enter.js'
import type { Exchange } from './exchange.js'
import { inHeader, ownTarget } from './own-target.js'
import { pluginCall } from './plugin-call.js'
import { refuseForm } from './refuse-form.js'
import { methodNotAllowed, type Route } from './route.js'
import { tableColumns } from './table-columns.js'
import { tableGetRoute } from './table-get-route.js'
import { tableSchema } from './table-schema.js'
import { versionedWrite } from './versioned-write.js'

type TableRoute = Extract<Route, { kind: 'table' }>

/** The walk of a table request. Throws ApiError, PluginError, CallError. */
export const tableRoute = async (exchange: Exchange, route: TableRoute): Promise<HttpResponse> => {
  const { snapshot, request } = exchange
  const method = request.method ?? ''
  const isRead = method === 'GET' || method === 'HEAD'
  if (!isRead && !writeMethods.has(method)) throw methodNotAllowed(route, method)

  const { served, identity } = await enter(exchange, route.connection)
  authorize(identity, { table: route.table, action: isRead ? 'read' : 'write' }, served.access)
  const data = parseDataRequest(request, exchange.path, exchange.rawQuery, identity, served, snapshot)
  const input: TableInput = {
    table: route.table,
    query: data.query,
    headers: request.headers,
    preferences: data.preferences,
    values: data.values,
    settings: served.config,
    context: data.context,
  }
  if (isRead) return tableGetRoute(exchange, served, input)

  const { db } = served.connection
  const { preferences } = data
  const call = <T>({ format }: WriteAnswer, run: (options: CallOptions) => Promise<T>): Promise<T> =>
    refuseForm(format, preferences.maxAffected, () =>
      versionedWrite(exchange, served, { table: route.table }, preferences.txEnd, () =>
        pluginCall(exchange, served, route.table, run),
      ),
    )
  const columns = () => tableColumns(exchange, served, input)
  if (method === 'POST' || method === 'PUT') {
    const body = await exchange.body()
    const { request: create, answer } =
      method === 'PUT'
        ? parseTablePut(input, body, await tableSchema(exchange, served, input))
        : parseTableCreate(input, body)
    const created = await call(answer, (options) => db.tableCreate(create, options))
    const honoured =
      method === 'PUT' ? putPreferences(preferences) : await insertPreferences(exchange, served, input, create, created)
    const path = inHeader({ path: ownTarget(request).path, query: '' })
    return tableCreateResponse(answer, created, honoured, path, create.conflict !== undefined, columns)
  }
  if (method === 'PATCH') {
    const { request: update, answer } = parseTableUpdate(input, await exchange.body())
    await requirePrecondition(served, update)
    const changed = await call(answer, (options) => db.tableUpdate(update, options))
    return tableUpdateResponse(answer, changed, preferences, columns)
  }
  const { request: remove, answer } = parseTableDelete(input)
  await requirePrecondition(served, remove)
  const deleted = await call(answer, (options) => db.tableDelete(remove, options))
  return tableDeleteResponse(answer, deleted, preferences, columns)
}

// A whole row in the place of another leaves nothing to be chosen.
const putPreferences = (preferences: Preferences): Preferences => ({
  ...preferences,
  resolution: undefined,
  missing: undefined,
})

/** Those of a POST that mean something: rows of a table without a key have no duplicates. */
const insertPreferences = async (
  exchange: Exchange,
  served: ServedConnection,
  input: TableInput,
  { conflict }: TableCreateRequest,
  { inserted, affected }: TableCreateResponse,
): Promise<Preferences> => {
  const { preferences } = input
  if (conflict === undefined || conflict.target.length > 0 || inserted < affected) return preferences
  const schema = await tableSchema(exchange, served, input).catch(() => undefined)
  const hasKey = schema === undefined || (schema['x-primary-key'] ?? []).length > 0
  return hasKey ? preferences : { ...preferences, resolution: undefined }
}

// A plugin that does not know conditions would take the write for an unconditional one.
const requirePrecondition = async (
  { connection, config }: ServedConnection,
  { ifMatch }: TableDeleteRequest,
): Promise<void> => {
  if (ifMatch.length === 0) return
  if (connection.info === undefined) await connection.waitReady(config.limits.waitMs)
  if (connection.can('precondition')) return
  throw new ApiError('unsupported', {
    detail: 'The plugin of this connection cannot check If-Match: it does not have the capability precondition',
    hint: 'Leave the header out, or put the condition into the filter',
    members: { capability: 'precondition' },
  })
}

const writeMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

import {
  type BatchResult,
  type CallFunctionResponse,
  type Capability,
  dbService,
  type GetSchemaResponse,
  type InitConnectionResponse,
  PluginError,
  type QueryResponse,
  type Rpc,
  type TableBatchResponse,
  type TableCreateResponse,
  type TableDeleteResponse,
  type TableGetChunk,
  type TableGetRequest,
  type TableGetResponse,
} from '@easyrest/protocol'
import { AnswerShape, noBytes } from './answer-shape.js'
import type { Call } from './call.js'
import { capabilityGuard, functionWishes } from './capability-guard.js'
import type { DBPlugin } from './db-plugin.js'
import { type Operation, type Operations, operation } from './dispatch.js'
import { InitialConnection } from './initial-connection.js'
import { dbCapabilities } from './plugin-description.js'

/** The methods of service DBPlugin as a DBPlugin serves them, and the stream, which is no operation. */
export interface DbService {
  readonly operations: Operations
  readonly tableGetStream: StreamOperation | undefined
}

/** TableGetStream, between bytes: the request message, and the messages of the chunks. */
export type StreamOperation = (request: Buffer, call: Call) => AsyncIterable<Buffer>

export const createDbService = (db: DBPlugin, schemes: readonly string[]): DbService => {
  const connection = new InitialConnection(schemes, async (request, call) =>
    initConnectionResponse(await db.initConnection(request, call)),
  )
  const guard = capabilityGuard(dbCapabilities(db))
  return {
    operations: { ...requiredOperations(db, connection, guard), ...optionalOperations(db, connection, guard) },
    tableGetStream: db.tableGetStream && streamOf(db, connection, guard),
  }
}

type Guard = ReturnType<typeof capabilityGuard>

/** What InitConnection answers, of either role. */
export const initConnectionResponse = (answer: unknown): InitConnectionResponse => ({
  server: new AnswerShape('initConnection', answer).text('server'),
})

const requiredOperations = (db: DBPlugin, connection: InitialConnection, guard: Guard): Operations => ({
  InitConnection: operation(dbService.InitConnection, (request, call) => connection.open(request, call)),
  TableGet: operation(dbService.TableGet, async (request, call) => {
    connection.require()
    guard(request)
    return checkTableGet(request, tableGetResponse(await db.tableGet(request, call)))
  }),
  TableCreate: operation(dbService.TableCreate, async (request, call) => {
    connection.require()
    guard(request)
    return tableCreateResponse('tableCreate', await db.tableCreate(request, call))
  }),
  TableUpdate: operation(dbService.TableUpdate, async (request, call) => {
    connection.require()
    guard(request)
    return changeResponse('tableUpdate', await db.tableUpdate(request, call))
  }),
  TableDelete: operation(dbService.TableDelete, async (request, call) => {
    connection.require()
    guard(request)
    return changeResponse('tableDelete', await db.tableDelete(request, call))
  }),
  GetSchema: operation(dbService.GetSchema, async (request, call) => {
    connection.require()
    return getSchemaResponse(await db.getSchema(request, call))
  }),
})

const optionalOperations = (db: DBPlugin, connection: InitialConnection, guard: Guard): Operations => ({
  ...refusals,
  ...(db.callFunction && {
    CallFunction: operation(dbService.CallFunction, async (request, call) => {
      connection.require()
      guard(functionWishes(request))
      const response = callFunctionResponse(await db.callFunction!(request, call))
      checkSize(response.result, request.maxReplyBytes)
      return response
    }),
  }),
  ...(db.query && {
    Query: operation(dbService.Query, async (request, call) => {
      connection.require()
      const response: QueryResponse = new AnswerShape('query', await db.query!(request, call)).rows()
      checkSize(response.rows, request.maxReplyBytes)
      return response
    }),
  }),
  ...(db.ensureTable && {
    EnsureTable: operation(dbService.EnsureTable, async (request, call) => {
      connection.require()
      return { created: new AnswerShape('ensureTable', await db.ensureTable!(request, call)).flag('created') }
    }),
  }),
  ...(db.tableBatch && {
    TableBatch: operation(dbService.TableBatch, async (request, call) => {
      connection.require()
      return tableBatchResponse(await db.tableBatch!(request, call))
    }),
  }),
})

const refusal = <Request, Response>(rpc: Rpc<Request, Response>, capability: Capability): Operation =>
  operation(rpc, async () => {
    const details = { capability }
    throw new PluginError('unsupported', `the plugin does not have the capability ${capability}`, { details })
  })

/** What is answered instead of an optional method that the plugin does not have. */
const refusals: Operations = {
  CallFunction: refusal(dbService.CallFunction, 'functions'),
  Query: refusal(dbService.Query, 'query'),
  EnsureTable: refusal(dbService.EnsureTable, 'ensure_table'),
  TableBatch: refusal(dbService.TableBatch, 'batch'),
}

const streamOf = (db: DBPlugin, connection: InitialConnection, guard: Guard) =>
  async function* (message: Buffer, call: Call): AsyncGenerator<Buffer> {
    connection.require()
    const { requestDeserialize, responseSerialize } = dbService.TableGetStream
    const request = requestDeserialize(message)
    guard(request)
    for await (const chunk of db.tableGetStream!(request, call)) {
      yield responseSerialize(tableGetChunk(chunk))
    }
  }

const tableGetResponse = (answer: unknown): TableGetResponse => {
  const shape = new AnswerShape('tableGet', answer)
  return { ...shape.rows(), total: shape.optionalCount('total'), lastKey: shape.bytes('lastKey') }
}

const checkTableGet = (request: TableGetRequest, response: TableGetResponse): TableGetResponse => {
  checkSize(response.rows, request.maxReplyBytes)
  if (request.expectSingle && response.rowCount !== 1) {
    throw new PluginError('singular', `expected exactly one row, found ${response.rowCount}`)
  }
  return response
}

// Nothing is lost by refusing late: these calls only read.
const checkSize = (rows: Uint8Array, maxReplyBytes: number): void => {
  const limit = maxReplyBytes || defaultMaxReplyBytes
  if (rows.length > limit) {
    throw new PluginError(
      'too_large',
      `the answer has ${rows.length} bytes, more than the ${limit} that were asked for`,
    )
  }
}

// 64 MiB, less what surrounds the rows in their message.
const defaultMaxReplyBytes = 64 * 1024 * 1024 - 64 * 1024

const tableCreateResponse = (method: string, answer: unknown): TableCreateResponse => {
  const shape = new AnswerShape(method, answer)
  const affected = shape.count('affected')
  // Without conflict handling every affected row is a new one.
  return { ...shape.optionalRows(), affected, inserted: shape.count('inserted', affected), keys: shape.bytes('keys') }
}

const changeResponse = (method: string, answer: unknown): TableDeleteResponse => {
  const shape = new AnswerShape(method, answer)
  return { affected: shape.count('affected'), ...shape.optionalRows() }
}

const getSchemaResponse = (answer: unknown): GetSchemaResponse => {
  const shape = new AnswerShape('getSchema', answer)
  const unchanged = shape.flag('unchanged')
  return { schema: unchanged ? noBytes : shape.jsonObject('schema'), version: shape.text('version', ''), unchanged }
}

const callFunctionResponse = (answer: unknown): CallFunctionResponse => {
  const shape = new AnswerShape('callFunction', answer)
  const isSet = shape.flag('isSet')
  return {
    result: isSet ? shape.jsonOf('result', '[', ']') : shape.json('result'),
    isSet,
    rowCount: shape.count('rowCount', isSet ? undefined : 0),
    total: shape.optionalCount('total'),
  }
}

const tableBatchResponse = (answer: unknown): TableBatchResponse => ({
  results: new AnswerShape('tableBatch', answer).list('results').map((result, index) => batchResult(result, index)),
})

const batchResult = (result: unknown, index: number): BatchResult => {
  const origin = `tableBatch: results[${index}]`
  const { create, update, delete: removed } = (result ?? {}) as Partial<BatchResult>
  return {
    create: create && tableCreateResponse(`${origin}.create`, create),
    update: update && changeResponse(`${origin}.update`, update),
    delete: removed && changeResponse(`${origin}.delete`, removed),
  }
}

const tableGetChunk = (chunk: unknown): TableGetChunk => {
  const shape = new AnswerShape('tableGetStream', chunk)
  return { rows: shape.bytes('rows'), rowCount: shape.count('rowCount'), total: shape.optionalCount('total') }
}

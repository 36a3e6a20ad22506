import type { MethodDefinition } from '@grpc/grpc-js'
import {
  cacheDeleteRequestWire,
  cacheGetRequestWire,
  cacheGetResponseWire,
  cacheSetRequestWire,
} from './wire/cache-wire.js'
import { bytes, type Codec, enumeration, message, string } from './wire/codec.js'
import {
  callFunctionRequestWire,
  callFunctionResponseWire,
  ensureTableRequestWire,
  ensureTableResponseWire,
  getSchemaRequestWire,
  getSchemaResponseWire,
  initConnectionRequestWire,
  initConnectionResponseWire,
  queryRequestWire,
  queryResponseWire,
} from './wire/db-wire.js'
import { pluginInfoRequestWire, pluginInfoWire, sessionReplyWire, sessionRequestWire } from './wire/plugin-wire.js'
import {
  tableBatchRequestWire,
  tableBatchResponseWire,
  tableCreateRequestWire,
  tableCreateResponseWire,
  tableDeleteRequestWire,
  tableDeleteResponseWire,
  tableGetChunkWire,
  tableGetRequestWire,
  tableGetResponseWire,
  tableUpdateRequestWire,
  tableUpdateResponseWire,
} from './wire/table-wire.js'

/** A call of one service: its path on the wire and the codecs of its messages. */
export type Rpc<Request, Response> = MethodDefinition<Request, Response>

export const emptyWire: Codec<object> = message<object>({})

const rpc =
  (service: string) =>
  <Request, Response>(
    name: string,
    request: Codec<Request>,
    response: Codec<Response>,
    streams: { request?: boolean; response?: boolean } = {},
  ): Rpc<Request, Response> => ({
    path: `/${service}/${name}`,
    requestStream: streams.request ?? false,
    responseStream: streams.response ?? false,
    requestSerialize: request.encode,
    requestDeserialize: request.decode,
    responseSerialize: response.encode,
    responseDeserialize: response.decode,
    originalName: name,
  })

const plugin = rpc('easyrest.plugin.v1.Plugin')
const db = rpc('easyrest.plugin.v1.DBPlugin')
const cache = rpc('easyrest.plugin.v1.CachePlugin')

export const pluginService = {
  GetInfo: plugin('GetInfo', pluginInfoRequestWire, pluginInfoWire),
  Session: plugin('Session', sessionRequestWire, sessionReplyWire, { request: true, response: true }),
}

export const dbService = {
  InitConnection: db('InitConnection', initConnectionRequestWire, initConnectionResponseWire),
  TableGet: db('TableGet', tableGetRequestWire, tableGetResponseWire),
  TableCreate: db('TableCreate', tableCreateRequestWire, tableCreateResponseWire),
  TableUpdate: db('TableUpdate', tableUpdateRequestWire, tableUpdateResponseWire),
  TableDelete: db('TableDelete', tableDeleteRequestWire, tableDeleteResponseWire),
  CallFunction: db('CallFunction', callFunctionRequestWire, callFunctionResponseWire),
  GetSchema: db('GetSchema', getSchemaRequestWire, getSchemaResponseWire),
  TableGetStream: db('TableGetStream', tableGetRequestWire, tableGetChunkWire, { response: true }),
  Query: db('Query', queryRequestWire, queryResponseWire),
  EnsureTable: db('EnsureTable', ensureTableRequestWire, ensureTableResponseWire),
  TableBatch: db('TableBatch', tableBatchRequestWire, tableBatchResponseWire),
}

export const cacheService = {
  InitConnection: cache('InitConnection', initConnectionRequestWire, initConnectionResponseWire),
  Get: cache('Get', cacheGetRequestWire, cacheGetResponseWire),
  Set: cache('Set', cacheSetRequestWire, emptyWire),
  Delete: cache('Delete', cacheDeleteRequestWire, emptyWire),
}

/** grpc.health.v1.Health; the service a plugin answers for is "plugin". */
export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const

const health = rpc('grpc.health.v1.Health')
const healthRequestWire = message<{ service: string }>({ service: string(1) })
const healthResponseWire = message<{ status: (typeof servingStatuses)[number] }>({
  status: enumeration(1, servingStatuses),
})

export const healthService = {
  Check: health('Check', healthRequestWire, healthResponseWire),
  Watch: health('Watch', healthRequestWire, healthResponseWire, { response: true }),
}

/** go-plugin's own services, as its hosts and plugins speak them. */
export const controllerService = {
  Shutdown: rpc('plugin.GRPCController')('Shutdown', emptyWire, emptyWire),
}

export const stdioChannels = ['INVALID', 'STDOUT', 'STDERR'] as const

const stdioDataWire = message<{ channel: (typeof stdioChannels)[number]; data: Uint8Array }>({
  channel: enumeration(1, stdioChannels),
  data: bytes(2),
})

export const stdioService = {
  StreamStdio: rpc('plugin.GRPCStdio')('StreamStdio', emptyWire, stdioDataWire, { response: true }),
}

/** Accepted and left idle: the contract has no calls from the plugin to the host. */
export const brokerService = {
  StartStream: rpc('plugin.GRPCBroker')('StartStream', emptyWire, emptyWire, { request: true, response: true }),
}

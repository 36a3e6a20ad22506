import {
  type CallFunctionRequest,
  type CallFunctionResponse,
  type ColumnDefinition,
  columnTypes,
  type EnsureTableRequest,
  type EnsureTableResponse,
  type GetSchemaRequest,
  type GetSchemaResponse,
  type IndexDefinition,
  type InitConnectionRequest,
  type InitConnectionResponse,
  type QueryRequest,
  type QueryResponse,
} from '../db.js'
import { countModes } from '../table.js'
import { bool, bytes, enumeration, message, nested, optional, repeated, string, uint } from './codec.js'
import { orderTermWire, pageWire, predicateWire, projectionWire, requestContextWire } from './table-wire.js'

/** proto/easyrest/plugin/v1/db.proto, message by message. */
export const initConnectionRequestWire = message<InitConnectionRequest>({ uri: string(1), connectionName: string(2) })

export const initConnectionResponseWire = message<InitConnectionResponse>({ server: string(1) })

export const callFunctionRequestWire = message<CallFunctionRequest>({
  context: nested(1, () => requestContextWire),
  function: string(2),
  arguments: bytes(3),
  select: repeated.nested(4, () => projectionWire),
  where: nested(5, () => predicateWire),
  ordering: repeated.nested(6, () => orderTermWire),
  page: nested(7, () => pageWire),
  maxReplyBytes: uint(8),
  count: enumeration(9, countModes),
  expectSet: bool(10),
  expectSingle: bool(11),
  maxAffected: optional.uint(12),
})

export const callFunctionResponseWire = message<CallFunctionResponse>({
  result: bytes(1),
  isSet: bool(2),
  rowCount: uint(3),
  total: optional.uint(4),
})

export const getSchemaRequestWire = message<GetSchemaRequest>({
  context: nested(1, () => requestContextWire),
  knownVersion: string(2),
})

export const getSchemaResponseWire = message<GetSchemaResponse>({
  schema: bytes(1),
  version: string(2),
  unchanged: bool(3),
})

export const queryRequestWire = message<QueryRequest>({
  context: nested(1, () => requestContextWire),
  statement: string(2),
  maxRows: uint(3),
  maxReplyBytes: uint(4),
})

export const queryResponseWire = message<QueryResponse>({ rows: bytes(1), rowCount: uint(2) })

export const columnDefinitionWire = message<ColumnDefinition>({
  name: string(1),
  type: enumeration(2, columnTypes),
  maxLength: uint(3),
  nullable: bool(4),
  defaultJson: bytes(5),
})

export const indexDefinitionWire = message<IndexDefinition>({
  name: string(1),
  columns: repeated.string(2),
  unique: bool(3),
})

export const ensureTableRequestWire = message<EnsureTableRequest>({
  context: nested(1, () => requestContextWire),
  table: string(2),
  columns: repeated.nested(3, () => columnDefinitionWire),
  primaryKey: repeated.string(4),
  indexes: repeated.nested(5, () => indexDefinitionWire),
})

export const ensureTableResponseWire = message<EnsureTableResponse>({ created: bool(1) })

// For plugin authors (re-exported by the SDK) and for the host.
export type { CacheDeleteRequest, CacheGetRequest, CacheGetResponse, CacheSetRequest } from './cache.js'
export { type Certificate, createCertificate } from './certificate.js'
export { connectionScheme, redactUri } from './connection-uri.js'
export {
  type CallFunctionRequest,
  type CallFunctionResponse,
  type ColumnDefinition,
  type ColumnType,
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
} from './db.js'
// For the host and the SDK: the wire.
export {
  applicationVersion,
  cookie,
  coreVersion,
  formatHandshake,
  type Handshake,
  HandshakeError,
  hostVariable,
  lifelineVariable,
  maxSocketPathBytes,
  parseHandshake,
  quoteOutput,
} from './handshake.js'
export { isIdentifier } from './identifier.js'
export { type JsonRow, type JsonValue, parseJsonRow, parseJsonRows, parseJsonValues } from './json-rows.js'
export {
  decodeJsonString,
  defaultJsonLimits,
  type JsonContainerKind,
  type JsonLimits,
  type JsonScalarKind,
  JsonScanError,
  type JsonVisitor,
  scanJson,
} from './json-scanner.js'
export { editDistance, nearestName } from './nearest-name.js'
export {
  type ErrorMessage,
  type ErrorReason,
  errorReasons,
  errorTrailer,
  fromErrorMessage,
  isErrorReason,
  PluginError,
  reasonOfStatus,
  toErrorMessage,
} from './plugin-error.js'
export type { PluginInfoRequest } from './plugin-info.js'
export { type Capability, capabilities, type PluginInfo, type PluginLimits, type Role, roles } from './plugin-info.js'
export { pluginFileNames } from './plugin-name.js'
export {
  type Comparison,
  type Conjunction,
  type Disjunction,
  type IsOperand,
  isOperands,
  type Negation,
  type Operator,
  operators,
  type Predicate,
} from './predicate.js'
export {
  type AggregateFunction,
  type AggregateProjection,
  aggregateFunctions,
  type CastType,
  type ColumnProjection,
  castTypes,
  type Projection,
  type ValueProjection,
} from './projection.js'
export { readDuration } from './read-duration.js'
export { readSize } from './read-size.js'
export { type RequestContext, type TransactionEnd, transactionEnds } from './request-context.js'
export {
  brokerService,
  cacheService,
  controllerService,
  dbService,
  emptyWire,
  healthService,
  pluginService,
  type Rpc,
  servingStatuses,
  stdioChannels,
  stdioService,
} from './services.js'
export {
  type CallReply,
  type Method,
  methods,
  type SessionCall,
  type SessionReply,
  type SessionRequest,
} from './session.js'
export { frameLength, isOversized, maxFrameBytes, maxFrameCalls } from './session-limits.js'
export type {
  BatchOperation,
  BatchResult,
  Conflict,
  ConflictAction,
  CountMode,
  Direction,
  Nulls,
  OrderTerm,
  Page,
  Returning,
  TableBatchRequest,
  TableBatchResponse,
  TableCreateRequest,
  TableCreateResponse,
  TableDeleteRequest,
  TableDeleteResponse,
  TableGetChunk,
  TableGetRequest,
  TableGetResponse,
  TableUpdateRequest,
  TableUpdateResponse,
} from './table.js'
export { tableGetRequest } from './table-get-request.js'
export { type NameKind, unknownName } from './unknown-name.js'
export { uriOptions } from './uri-options.js'
export type { Codec } from './wire/codec.js'
export {
  callReplyWire,
  errorMessageWire,
  sessionCallWire,
  sessionReplyWire,
  sessionRequestWire,
} from './wire/plugin-wire.js'
export { WireError } from './wire/reader.js'

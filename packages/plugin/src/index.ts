// For every author: one program, one or two roles.

// From the contract: what requests hold and answers are made of.
export {
  type AggregateFunction,
  type AggregateProjection,
  type BatchOperation,
  type BatchResult,
  type CacheDeleteRequest,
  type CacheGetRequest,
  type CacheGetResponse,
  type CacheSetRequest,
  type CallFunctionRequest,
  type Capability,
  type CastType,
  type ColumnDefinition,
  type ColumnProjection,
  type ColumnType,
  type Comparison,
  type Conflict,
  type ConflictAction,
  type Conjunction,
  type CountMode,
  type Direction,
  type Disjunction,
  type EnsureTableRequest,
  type EnsureTableResponse,
  type ErrorReason,
  type GetSchemaRequest,
  type GetSchemaResponse,
  type IndexDefinition,
  type InitConnectionRequest,
  type InitConnectionResponse,
  type IsOperand,
  isIdentifier,
  type JsonRow,
  JsonScanError,
  type JsonValue,
  type NameKind,
  type Negation,
  type Nulls,
  nearestName,
  type Operator,
  type OrderTerm,
  type Page,
  PluginError,
  type PluginLimits,
  type Predicate,
  type Projection,
  parseJsonRow,
  parseJsonRows,
  type QueryRequest,
  type QueryResponse,
  type RequestContext,
  type Returning,
  readDuration,
  readSize,
  redactUri,
  type TableBatchRequest,
  type TableBatchResponse,
  type TableCreateRequest,
  type TableCreateResponse,
  type TableDeleteRequest,
  type TableDeleteResponse,
  type TableGetChunk,
  type TableGetRequest,
  type TableGetResponse,
  type TableUpdateRequest,
  type TableUpdateResponse,
  type TransactionEnd,
  unknownName,
  uriOptions,
  type ValueProjection,
} from '@easyrest/protocol'
export type { CachePlugin } from './cache-plugin.js'
export type { Call } from './call.js'
export { checkBatchCount } from './check-batch-count.js'
export { checkIfMatch } from './check-if-match.js'
export { checkNames } from './check-names.js'
export { checkWrite, type WriteRequest } from './check-write.js'
export type {
  BatchAnswer,
  ChangeAnswer,
  CreateAnswer,
  DBPlugin,
  FunctionAnswer,
  Rows,
  RowsAnswer,
  SchemaAnswer,
} from './db-plugin.js'
export { type LogFields, log } from './log.js'
// For databases without a query language: what a request asks of rows that are in memory.
export { matches } from './matches.js'
export { toPluginError } from './plugin-failure.js'
export { projectRows } from './project-rows.js'
export { selectRows } from './select-rows.js'
export { serve } from './serve.js'
export type { ServeOptions } from './serve-options.js'
export { sortRows } from './sort-rows.js'
export type { ThreadModule, ThreadOptions } from './threads/thread-options.js'

import { type Comparison, operators, type Predicate } from '../predicate.js'
import { aggregateFunctions, type Projection } from '../projection.js'
import { type RequestContext, transactionEnds } from '../request-context.js'
import {
  type BatchOperation,
  type BatchResult,
  type Conflict,
  conflictActions,
  countModes,
  directions,
  nullsPlacements,
  type OrderTerm,
  type Page,
  returnings,
  type TableBatchRequest,
  type TableBatchResponse,
  type TableCreateRequest,
  type TableCreateResponse,
  type TableDeleteRequest,
  type TableGetChunk,
  type TableGetRequest,
  type TableGetResponse,
  type TableUpdateRequest,
  type TableUpdateResponse,
} from '../table.js'
import {
  bool,
  bytes,
  type Codec,
  enumeration,
  mapped,
  message,
  nested,
  optional,
  repeated,
  string,
  uint,
} from './codec.js'
import { WireError } from './reader.js'

/** proto/easyrest/plugin/v1/context.proto and table.proto, message by message. */
export const requestContextWire: Codec<RequestContext> = message<RequestContext>({
  userId: string(1),
  timezone: string(2),
  txEnd: enumeration(3, transactionEnds),
  readOnly: bool(4),
  ctx: bytes(5),
})

interface PredicateShape {
  comparison: ComparisonShape | undefined
  and: { items: readonly Predicate[] } | undefined
  or: { items: readonly Predicate[] } | undefined
  not: Predicate | undefined
}

type ComparisonShape = Omit<Comparison, 'kind'>

export const comparisonWire = message<ComparisonShape>({
  column: string(1),
  operator: enumeration(2, operators),
  operands: repeated.string(3),
})

export const predicateListWire = message<{ items: readonly Predicate[] }>({
  items: repeated.nested(1, () => predicateWire),
})

export const predicateWire: Codec<Predicate> = mapped(
  message<PredicateShape>({
    comparison: nested(1, () => comparisonWire),
    and: nested(2, () => predicateListWire),
    or: nested(3, () => predicateListWire),
    not: nested(4, () => predicateWire),
  }),
  (predicate) => ({
    comparison: predicate.kind === 'comparison' ? predicate : undefined,
    and: predicate.kind === 'and' ? predicate : undefined,
    or: predicate.kind === 'or' ? predicate : undefined,
    not: predicate.kind === 'not' ? predicate.item : undefined,
  }),
  ({ comparison, and, or, not }) => {
    if (comparison !== undefined) return { kind: 'comparison', ...comparison }
    if (and !== undefined) return { kind: 'and', items: and.items }
    if (or !== undefined) return { kind: 'or', items: or.items }
    if (not !== undefined) return { kind: 'not', item: not }
    // An empty condition must not read as "every row".
    throw new WireError('a predicate is neither comparison, and, or nor not')
  },
)

interface ProjectionShape {
  alias: string
  column: string | undefined
  aggregate: AggregateShape | undefined
  value: string | undefined
  cast: string
}

type AggregateShape = { function: (typeof aggregateFunctions)[number]; column: string; distinct: boolean }

export const aggregateWire = message<AggregateShape>({
  function: enumeration(1, aggregateFunctions),
  column: string(2),
  distinct: bool(3),
})

export const projectionWire: Codec<Projection> = mapped(
  message<ProjectionShape>({
    alias: string(1),
    column: optional.string(2),
    aggregate: nested(3, () => aggregateWire),
    value: optional.string(4),
    cast: string(5),
  }),
  (projection) => ({
    alias: projection.alias,
    column: projection.kind === 'column' ? projection.column : undefined,
    aggregate: projection.kind === 'aggregate' ? projection : undefined,
    value: projection.kind === 'value' ? projection.value : undefined,
    cast: projection.cast,
  }),
  ({ alias, column, aggregate, value, cast }) => {
    if (column !== undefined) return { kind: 'column', alias, column, cast }
    if (aggregate !== undefined) return { kind: 'aggregate', alias, ...aggregate, cast }
    if (value !== undefined) return { kind: 'value', alias, value, cast }
    throw new WireError('a projection is neither column, aggregate nor value')
  },
)

export const orderTermWire = message<OrderTerm>({
  column: string(1),
  direction: enumeration(2, directions),
  nulls: enumeration(3, nullsPlacements),
})

export const pageWire = message<Page>({ limit: optional.uint(1), offset: uint(2) })

export const conflictWire = message<Conflict>({
  target: repeated.string(1),
  action: enumeration(2, conflictActions),
  keep: repeated.string(3),
})

export const tableGetRequestWire = message<TableGetRequest>({
  context: nested(1, () => requestContextWire),
  table: string(2),
  select: repeated.nested(3, () => projectionWire),
  where: nested(4, () => predicateWire),
  grouping: repeated.string(5),
  having: nested(6, () => predicateWire),
  distinct: bool(7),
  ordering: repeated.nested(8, () => orderTermWire),
  page: nested(9, () => pageWire),
  count: enumeration(10, countModes),
  lastKeyColumns: repeated.string(11),
  expectSingle: bool(12),
  maxReplyBytes: uint(13),
})

export const tableGetResponseWire = message<TableGetResponse>({
  rows: bytes(1),
  rowCount: uint(2),
  total: optional.uint(3),
  lastKey: bytes(4),
})

export const tableGetChunkWire = message<TableGetChunk>({ rows: bytes(1), rowCount: uint(2), total: optional.uint(3) })

export const tableCreateRequestWire = message<TableCreateRequest>({
  context: nested(1, () => requestContextWire),
  table: string(2),
  rows: bytes(3),
  rowCount: uint(4),
  columns: repeated.string(5),
  missingDefault: bool(6),
  conflict: nested(7, () => conflictWire),
  returning: enumeration(8, returnings),
  select: repeated.nested(9, () => projectionWire),
  expectSingle: bool(10),
  maxAffected: optional.uint(11),
  overwriteWhen: nested(12, () => predicateWire),
})

export const tableCreateResponseWire = message<TableCreateResponse>({
  rows: bytes(1),
  rowCount: uint(2),
  affected: uint(3),
  inserted: uint(4),
  keys: bytes(5),
})

export const tableUpdateRequestWire = message<TableUpdateRequest>({
  context: nested(1, () => requestContextWire),
  table: string(2),
  where: nested(3, () => predicateWire),
  data: bytes(4),
  returning: enumeration(5, returnings),
  select: repeated.nested(6, () => projectionWire),
  expectSingle: bool(7),
  maxAffected: optional.uint(8),
  ifMatch: repeated.string(9),
  ifMatchSelect: repeated.nested(10, () => projectionWire),
})

export const tableUpdateResponseWire = message<TableUpdateResponse>({
  affected: uint(1),
  rows: bytes(2),
  rowCount: uint(3),
})

export const tableDeleteRequestWire = message<TableDeleteRequest>({
  context: nested(1, () => requestContextWire),
  table: string(2),
  where: nested(3, () => predicateWire),
  returning: enumeration(4, returnings),
  select: repeated.nested(5, () => projectionWire),
  expectSingle: bool(6),
  maxAffected: optional.uint(7),
  ifMatch: repeated.string(8),
  ifMatchSelect: repeated.nested(9, () => projectionWire),
})

export const tableDeleteResponseWire = tableUpdateResponseWire

export const batchOperationWire = message<BatchOperation>({
  create: nested(1, () => tableCreateRequestWire),
  update: nested(2, () => tableUpdateRequestWire),
  delete: nested(3, () => tableDeleteRequestWire),
  expectAffected: optional.uint(4),
})

export const tableBatchRequestWire = message<TableBatchRequest>({
  context: nested(1, () => requestContextWire),
  operations: repeated.nested(2, () => batchOperationWire),
})

export const batchResultWire = message<BatchResult>({
  create: nested(1, () => tableCreateResponseWire),
  update: nested(2, () => tableUpdateResponseWire),
  delete: nested(3, () => tableDeleteResponseWire),
})

export const tableBatchResponseWire = message<TableBatchResponse>({
  results: repeated.nested(1, () => batchResultWire),
})

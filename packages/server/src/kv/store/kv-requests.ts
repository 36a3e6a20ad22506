import type {
  BatchOperation,
  Conflict,
  Predicate,
  RequestContext,
  TableCreateRequest,
  TableDeleteRequest,
  TableUpdateRequest,
} from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'

export const kvTable = 'easyrest_kv'

/** What becomes of rows whose keys exist; without it they are refused. */
export interface OnConflict {
  readonly action: Conflict['action']
  /** Which existing rows give way; undefined: all. */
  readonly overwriteWhen?: Predicate | undefined
}

/** Sorted, because two writes that lock rows in different orders may wait for each other for ever. */
export const createRequest = (
  context: RequestContext,
  rows: readonly DocumentRow[],
  { action, overwriteWhen }: Partial<OnConflict> = {},
): TableCreateRequest => ({
  context,
  table: kvTable,
  rows: Buffer.from(JSON.stringify(rows.length === 1 ? rows : [...rows].sort((a, b) => (a.pk < b.pk ? -1 : 1)))),
  rowCount: rows.length,
  columns: [],
  missingDefault: false,
  conflict: action === undefined ? undefined : { target: ['pk'], action, keep: [] },
  returning: 'none',
  select: [],
  expectSingle: false,
  maxAffected: undefined,
  overwriteWhen,
})

export const updateRequest = (
  context: RequestContext,
  where: Predicate,
  data: Partial<DocumentRow>,
): TableUpdateRequest => ({ ...deleteRequest(context, where), data: Buffer.from(JSON.stringify(data)) })

export const deleteRequest = (context: RequestContext, where: Predicate): TableDeleteRequest => ({
  context,
  table: kvTable,
  where,
  returning: 'none',
  select: [],
  expectSingle: false,
  maxAffected: undefined,
  ifMatch: [],
  ifMatchSelect: [],
})

/** One of several writes. @param parts the request of its kind, and how many rows it must affect */
export const operationOf = (parts: Partial<BatchOperation>): BatchOperation => ({
  create: undefined,
  update: undefined,
  delete: undefined,
  expectAffected: undefined,
  ...parts,
})

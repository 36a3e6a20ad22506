import type { TableGetRequest } from './table.js'

/** Every column of every row of a table, with no context; `request` says what is asked instead. */
export const tableGetRequest = (table: string, request: Partial<TableGetRequest> = {}): TableGetRequest => ({
  context: undefined,
  table,
  select: [],
  where: undefined,
  grouping: [],
  having: undefined,
  distinct: false,
  ordering: [],
  page: undefined,
  count: 'unspecified',
  lastKeyColumns: [],
  expectSingle: false,
  maxReplyBytes: 0,
  ...request,
})

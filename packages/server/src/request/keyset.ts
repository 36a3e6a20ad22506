import { createHash } from 'node:crypto'
import {
  dbService,
  isIdentifier,
  type OrderTerm,
  type Projection,
  type TableGetRequest,
  tableGetRequest,
} from '@easyrest/protocol'
import type { TableSchema } from '../schema/connection-schema.js'

/** A total order of the rows of a read: in it a page can begin behind a row, wherever that row may be by then. */
export interface Keyset {
  /** What the order depends on, the primary key at last; no column twice. */
  readonly keys: readonly KeysetKey[]
  readonly primaryKey: readonly string[]
  /** Names the read, so that no cursor of another is taken for one of it. */
  readonly binding: string
}

export interface KeysetKey {
  readonly column: string
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last'
  readonly nullable: boolean
  /** Part of the primary key. */
  readonly primary: boolean
}

/**
 * The order of the request, made total by the primary key; undefined where that cannot be: groups, distinct rows, a view, a
 * table without a primary key or with one that may be NULL, an order by what is no column of the table.
 */
export const keysetOf = (
  connection: string,
  request: TableGetRequest,
  table: TableSchema | undefined,
): Keyset | undefined => {
  const primaryKey = table?.['x-primary-key'] ?? []
  if (table === undefined || primaryKey.length === 0 || isMerged(request)) return undefined
  const keys: KeysetKey[] = []
  for (const term of [...request.ordering, ...primaryKey.map(ascending)]) {
    const key = keyOf(term, request.select, table)
    if (key === undefined) return undefined
    if (!keys.some(({ column }) => column === key.column)) keys.push(key)
  }
  const isTotal = keys.every(({ primary, nullable }) => !(nullable && primary))
  // An alias may stand where the primary key is meant.
  const isWhole = primaryKey.every((name) => keys.some(({ column }) => column === name))
  return isTotal && isWhole ? { keys, primaryKey, binding: bindingOf(connection, request) } : undefined
}

/** The terms that order by the keyset, in the names of the request. */
export const totalOrdering = ({ primaryKey }: Keyset, ordering: readonly OrderTerm[]): OrderTerm[] => [
  ...ordering,
  ...primaryKey.filter((name) => !ordering.some(({ column }) => column === name)).map(ascending),
]

const ascending = (column: string): OrderTerm => ({ column, direction: 'asc', nulls: 'unspecified' })

// Rows that stand for several have no primary key.
const isMerged = ({ distinct, select, grouping }: TableGetRequest): boolean =>
  distinct || grouping.length > 0 || select.some(({ kind }) => kind === 'aggregate')

const keyOf = (term: OrderTerm, select: readonly Projection[], table: TableSchema): KeysetKey | undefined => {
  const column = columnOf(term.column, select)
  const { properties = {} } = table
  if (column === undefined || !isIdentifier(column) || !Object.hasOwn(properties, column)) return undefined
  const direction = term.direction === 'desc' ? 'desc' : 'asc'
  const usual = direction === 'desc' ? 'first' : 'last'
  return {
    column,
    direction,
    nulls: term.nulls === 'unspecified' ? usual : term.nulls,
    nullable: properties[column]!['x-nullable'] === true,
    primary: (table['x-primary-key'] ?? []).includes(column),
  }
}

// An alias goes before a column of its name.
const columnOf = (name: string, select: readonly Projection[]): string | undefined => {
  const projection = select.find(({ alias }) => alias === name)
  if (projection === undefined) return name
  return projection.kind === 'column' && projection.cast === '' ? projection.column : undefined
}

// Everything that says which rows there are and in what order; the page and the one who asks are not part of it.
const bindingOf = (connection: string, { table, select, where, ordering }: TableGetRequest): string =>
  createHash('sha256')
    .update(`${connection}\n`)
    .update(dbService.TableGet.requestSerialize(tableGetRequest(table, { select, where, ordering })))
    .digest('base64url')
    .slice(0, 16)

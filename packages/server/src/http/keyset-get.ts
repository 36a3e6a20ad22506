import type { Capability, Predicate } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { badCursor, readCursor } from '../request/cursor.js'
import { type Keyset, keysetOf, totalOrdering } from '../request/keyset.js'
import { behind } from '../request/keyset-condition.js'
import type { TableGet } from '../request/table-get.js'
import type { TableInput } from '../request/table-input.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Exchange } from './exchange.js'
import { tableSchema } from './table-schema.js'

/**
 * A read that shall be walked by keys, in a total order and from behind its cursor. Where there is no such order it stays
 * as it is, unless it has a cursor. Throws ApiError and what calls throw.
 */
export const keysetGet = async (
  exchange: Exchange,
  served: ServedConnection,
  input: TableInput,
  get: TableGet,
): Promise<TableGet> => {
  const { cursor, request } = get
  const isPaged = request.page?.limit !== undefined && request.page.limit > 0
  if (cursor === undefined && !isPaged) return get
  const keyset = await findKeyset(exchange, served, input, get)
  if (keyset === undefined) return get
  const { where } = request
  const walked = {
    ...request,
    where: cursor === undefined ? where : both(where, behind(keyset.keys, readCursor(cursor, keyset))),
    ordering: totalOrdering(keyset, request.ordering),
    lastKeyColumns: isPaged ? keyset.keys.map(({ column }) => column) : [],
    // What is behind the cursor is not the total.
    count: cursor === undefined ? request.count : ('unspecified' as const),
  }
  return { ...get, request: walked, keyset: isPaged ? keyset : undefined, unpaged: where }
}

const findKeyset = async (
  exchange: Exchange,
  served: ServedConnection,
  input: TableInput,
  { cursor, request }: TableGet,
): Promise<Keyset | undefined> => {
  const { connection, config } = served
  if (connection.info === undefined) await connection.waitReady(config.limits.waitMs)
  const missing = needed.find((capability) => !connection.can(capability))
  if (missing !== undefined && cursor !== undefined) throw cannotWalk(missing)
  if (missing !== undefined) return undefined
  const schema = await tableSchema(exchange, served, input, schemaMaxAgeMs)
  const keyset = keysetOf(config.name.toLowerCase(), request, schema)
  if (keyset === undefined && cursor !== undefined) throw badCursor('These rows have no order that a cursor can have')
  return keyset
}

// Only the keys count, which hardly ever change; PostgreSQL reads its catalogs for longer than a page takes.
const schemaMaxAgeMs = 1000

const needed: readonly Capability[] = ['last_key', 'filter_tree']

const both = (where: Predicate | undefined, condition: Predicate): Predicate =>
  where === undefined ? condition : { kind: 'and', items: [where, condition] }

const cannotWalk = (capability: Capability): ApiError =>
  new ApiError('unsupported', {
    detail: `The plugin of this connection cannot go on behind a row: it does not have the capability ${capability}`,
    hint: 'Use limit and offset',
    members: { capability },
  })

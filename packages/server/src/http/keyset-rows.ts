import { PluginError, parseJsonRows, type TableGetRequest, type TableGetResponse } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { operandOf, positionOf, writeCursor } from '../request/cursor.js'
import type { Keyset } from '../request/keyset.js'
import { atOrBehind, type KeysetPosition } from '../request/keyset-condition.js'
import type { TableGet } from '../request/table-get.js'
import { type AnsweredRows, wholeRows } from '../response/answered-rows.js'

type Ask = (request: TableGetRequest) => Promise<TableGetResponse>

/** One page, and the cursor of the next where there is one. Throws ApiError and what `ask` throws. */
export const keysetRows = async (get: TableGet, keyset: Keyset, ask: Ask): Promise<AnsweredRows> => {
  const answer = await ask(get.request)
  const rows = await wholeRows(get, answer)
  if (answer.rowCount < get.request.page!.limit!) return rows
  return (await hasNext(get, keyset, answer.lastKey, ask))
    ? { ...rows, next: writeCursor(keyset, answer.lastKey) }
    : rows
}

/**
 * Whether there are rows behind the last key, found in the way in which the next page will be. That way must lead to the
 * last row first: a value that is not exactly what it is told as (a number that is infinite, a date that the database keeps
 * in an unusual form) would make the next page begin elsewhere.
 */
const hasNext = async (get: TableGet, keyset: Keyset, lastKey: Uint8Array, ask: Ask): Promise<boolean> => {
  const position = positionOf(lastKey)
  if (position?.length !== keyset.keys.length)
    throw new ApiError('plugin_error', { cause: 'last_key is not what was asked' })
  for (let look = 1; look <= mostLooks; look++) {
    const tail = await askTail(get, keyset, position, ask)
    if (isAt(tail, keyset, position)) return tail.rowCount > 1
    // Changed since, or not to be found by these values?
    const again = await ask(get.request)
    if (Buffer.compare(again.lastKey, lastKey) !== 0) return tail.rowCount > 0
  }
  throw notExact(keyset)
}

// A row may also have been gone for just one look.
const mostLooks = 5

const askTail = async (
  { request, unpaged }: TableGet,
  { keys, primaryKey }: Keyset,
  position: KeysetPosition,
  ask: Ask,
): Promise<TableGetResponse> => {
  const condition = atOrBehind(keys, position)
  try {
    return await ask({
      ...request,
      select: primaryKey.map((column) => ({ kind: 'column', alias: column, column, cast: '' })),
      where: unpaged === undefined ? condition : { kind: 'and', items: [unpaged, condition] },
      ordering: keys,
      page: { limit: 2, offset: 0 },
      count: 'unspecified',
      lastKeyColumns: [],
      expectSingle: false,
    })
  } catch (error) {
    // The value is none that its column can be compared with.
    if (error instanceof PluginError && error.reason === 'bad_value') throw notExact({ keys })
    throw error
  }
}

const isAt = ({ rows }: TableGetResponse, { keys, primaryKey }: Keyset, position: KeysetPosition): boolean => {
  const [first] = parseJsonRows(rows)
  return primaryKey.every((name) => {
    const value = first?.get(name)
    return value !== undefined && operandOf(value) === position[keys.findIndex(({ column }) => column === name)]
  })
}

const notExact = ({ keys }: Pick<Keyset, 'keys'>): ApiError =>
  new ApiError('unsupported', {
    detail: `The last row cannot be found again by its values of ${keys.map(({ column }) => column).join(', ')}`,
    hint: 'Order by other columns, or use limit and offset',
  })

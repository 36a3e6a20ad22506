import { ApiError } from '../errors.js'
import { outcomeOf } from '../request/conditions.js'
import type { Preferences } from '../request/prefer.js'
import type { TableGet } from '../request/table-get.js'
import type { AnsweredRows } from '../response/answered-rows.js'
import type { HttpResponse } from '../response/http-response.js'
import { notModifiedResponse, tableGetResponse } from '../response/table-response.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import { readIdentity } from '../versions/read-identity.js'
import type { Remembered } from '../versions/table-versions.js'
import type { Exchange } from './exchange.js'

/**
 * A read whose answer has an entity tag, or that depends on one. If-None-Match is answered from the table versions where
 * they know enough, everything else from the rows. Throws ApiError and what `ask` throws.
 */
export const conditionalGet = async (
  exchange: Exchange,
  served: ServedConnection,
  get: TableGet,
  preferences: Preferences,
  ask: () => Promise<AnsweredRows>,
): Promise<HttpResponse> => {
  // Taken before the rows are read: what is remembered is then never older than the version it stands under.
  const remembered = await recall(exchange, served, get)
  if (remembered?.tag !== undefined && outcomeOf(get.conditions, remembered.tag) === 'not-modified') {
    return notModifiedResponse(get, remembered.tag, preferences)
  }
  const rows = await ask()
  if (rows.tag !== undefined) remembered?.remember(rows.tag)
  const outcome = outcomeOf(get.conditions, rows.tag)
  if (outcome === 'send') return tableGetResponse(get, rows, preferences)
  await discard(rows)
  if (outcome === 'not-modified') return notModifiedResponse(get, rows.tag, preferences)
  throw preconditionFailed(rows.tag)
}

const recall = async (
  exchange: Exchange,
  { versions, config }: ServedConnection,
  get: TableGet,
): Promise<Remembered | undefined> => {
  versions?.heal()
  const { ifMatch, ifNoneMatch } = get.conditions
  if (versions === undefined || ifNoneMatch === undefined || ifMatch !== undefined) return undefined
  const identity = readIdentity(config.name.toLowerCase(), config.uri, get)
  return exchange.measure('cache', () => versions.recall(get.request.table, identity))
}

// Rows that are still to come hold a call of the plugin open.
const discard = async ({ body }: AnsweredRows): Promise<void> => {
  if (!(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.()
}

const preconditionFailed = (tag: string | undefined): ApiError =>
  new ApiError('precondition', {
    detail:
      tag === undefined
        ? 'The answer is streamed, so it has no entity tag that If-Match could name'
        : 'The rows are not those of any entity tag in If-Match',
    hint: tag === undefined ? 'Ask for fewer rows, or leave If-Match out' : 'Read them again',
    headers: tag === undefined ? {} : { ETag: `"${tag}"` },
  })

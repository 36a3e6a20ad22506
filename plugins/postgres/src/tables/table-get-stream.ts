import type { Call } from '@easyrest/plugin'
import type { TableGetChunk, TableGetRequest } from '@easyrest/protocol'
import type { Database } from '../database.js'
import { pluginErrorOf } from '../postgres-errors.js'
import type { TableUse } from '../use.js'
import { ChunkQueue } from './chunk-queue.js'
import { countStep, rowsStep } from './table-get.js'

/**
 * The rows of a request in pieces, from one statement on a connection of its own. The server waits while nobody reads:
 * what is not read from its socket it does not send.
 */
export async function* tableGetStream(
  database: Database,
  request: TableGetRequest,
  call?: Call,
): AsyncGenerator<TableGetChunk> {
  const queue = new ChunkQueue()
  const stop = new AbortController()
  const filling = fill(database, request, queue, endingWith(call, stop.signal))
  try {
    for (let chunk = await queue.take(); chunk !== undefined; chunk = await queue.take()) yield chunk
  } finally {
    queue.leave()
    stop.abort()
    await filling
  }
}

const fill = async (database: Database, request: TableGetRequest, queue: ChunkQueue, call: Call): Promise<void> => {
  try {
    await database.onTable(request, call, (use) => attempt(database, request, queue, use))
    queue.finish()
  } catch (error) {
    queue.fail(error)
  }
}

const attempt = async (
  { streams }: Database,
  request: TableGetRequest,
  queue: ChunkQueue,
  use: TableUse,
): Promise<void> => {
  const onRow = (bytes: Buffer, start: number) => {
    if (queue.rowCount === 0) use.confirm()
    queue.add(bytes, start)
  }
  const count = request.count === 'exact' ? [countStep(request, use, (total) => queue.setTotal(total))] : []
  const steps = [...use.comparison, ...count, rowsStep(request, use, onRow)]
  try {
    await streams[count.length > 0 ? 'readSnapshot' : 'read'](use.scope, steps, (connection) =>
      queue.attach(connection),
    )
    if (queue.rowCount === 0) use.confirm()
  } catch (error) {
    // Rows that were sent cannot be taken back, so there is no second attempt.
    throw queue.rowCount > 0 ? pluginErrorOf(error) : error
  }
}

/** The call, which also ends when nobody reads any more. */
const endingWith = (call: Call | undefined, stopped: AbortSignal): Call => {
  const signal = call === undefined ? stopped : AbortSignal.any([call.signal, stopped])
  return {
    signal,
    get remainingMs() {
      return call?.remainingMs ?? Number.POSITIVE_INFINITY
    },
    get cancelled() {
      return signal.aborted || call?.cancelled === true
    },
  }
}

import type { ManagedConnection } from '@easyrest/host'
import { type Projection, type RequestContext, tableGetRequest } from '@easyrest/protocol'

/** Whether the database has the table of Kopano's kvs, with rows. */
export const findKopanoTable = async ({ db }: ManagedConnection, context: RequestContext): Promise<boolean> => {
  const request = tableGetRequest('kv', {
    context: { ...context, readOnly: true },
    select: ['collection', 'ekey', 'owner_id', 'client_id'].map(asItIs),
    page: { limit: 1, offset: 0 },
  })
  // Most databases have no such table, or another of this name.
  const answer = await db.tableGet(request).catch(() => undefined)
  return answer !== undefined && answer.rowCount > 0
}

const asItIs = (column: string): Projection => ({ kind: 'column', alias: column, column, cast: '' })

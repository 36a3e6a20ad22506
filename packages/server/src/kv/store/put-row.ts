import { PluginError, type Predicate, type RequestContext } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import { every, hasRevision, isDead, isKey, isLive } from './conditions.js'
import { contended, maxTries } from './contended.js'
import type { KvTable } from './kv-table.js'
import type { WriteCondition } from './write-condition.js'

/**
 * Writes one document when the condition holds. Each step is one statement, and the step that has an effect is where the
 * write happens, so two writers never both find that they were first. Answers whether it was written.
 * @param how whether the document keeps the time until which it lives, and whether one call can write over another
 */
export const putRow = async (
  table: KvTable,
  context: RequestContext,
  row: DocumentRow,
  condition: WriteCondition,
  { keepsTtl, canUpsert }: { readonly keepsTtl: boolean; readonly canUpsert: boolean },
): Promise<boolean> => {
  const overwrite = (where: Predicate): Promise<number> =>
    table.update(context, every(isKey(row.pk), where), keepsTtl ? withoutTtl(row) : changes(row))
  if (condition.kind === 'present') return (await overwrite(isLive(Date.now()))) > 0
  if (condition.kind === 'revision') {
    return (await overwrite(every(isLive(Date.now()), hasRevision(condition.revisions)))) > 0
  }
  if (condition.kind === 'absent') return createRow(table, context, row)
  if (canUpsert && !keepsTtl) return (await table.upsert(context, [row])) > 0
  for (let tries = 0; tries < maxTries; tries++) {
    if ((await overwrite(isLive(Date.now()))) > 0) return true
    if (await createRow(table, context, row)) return true
  }
  throw contended('document')
}

/** Writes a document that is not there, or not any more. Answers whether this was the writer who did it. */
export const createRow = async (table: KvTable, context: RequestContext, row: DocumentRow): Promise<boolean> => {
  const key = isKey(row.pk)
  for (let tries = 0; tries < maxTries; tries++) {
    if (await inserted(table, context, row)) return true
    // What stands in the way may have expired, and not been removed yet.
    if ((await table.update(context, every(key, isDead(Date.now())), changes(row))) > 0) return true
    const [found] = await table.select(context, every(key, isLive(Date.now())), { columns: ['pk'], limit: 1 })
    if (found !== undefined) return false
  }
  throw contended('document')
}

const inserted = async (table: KvTable, context: RequestContext, row: DocumentRow): Promise<boolean> => {
  try {
    await table.insert(context, [row])
    return true
  } catch (error) {
    if (error instanceof PluginError && error.reason === 'unique') return false
    throw error
  }
}

const changes = ({ pk: _pk, ...others }: DocumentRow): Partial<DocumentRow> => others

const withoutTtl = ({ pk: _pk, live_until: _until, ...others }: DocumentRow): Partial<DocumentRow> => others

import type { ManagedConnection } from '@easyrest/host'
import { PluginError, type Projection, type RequestContext, tableGetRequest } from '@easyrest/protocol'
import { kvRealms } from '../../config/kv-config.js'
import { type Document, forever } from '../documents/document.js'
import { encodeKey } from '../keys/key.js'
import { type Space, spaceOf } from '../keys/space.js'

/** A document of a Kopano kvs, and whose it is. It has no revision yet. */
export interface KopanoDocument {
  readonly space: Space
  readonly document: Omit<Document, 'revision'>
}

/**
 * The rows of Kopano's table `kv`, in pages by its column id: smaller ones where its documents are larger, which they can be,
 * for a batch of Kopano has no limit for one. Throws what calls throw.
 */
export async function* kopanoDocuments(
  { db }: ManagedConnection,
  context: RequestContext,
): AsyncGenerator<KopanoDocument[], void> {
  const asBase64 = await holdsBytes(db, context)
  for (let [last, limit] = ['-1', mostRows]; ; ) {
    const page = await pageBehind(db, context, last, limit)
    if (page === undefined) {
      limit = Math.ceil(limit / 4)
      continue
    }
    yield page.map((row) => documentOf(row, asBase64))
    if (page.length < limit) return
    last = String(page.at(-1)!.id)
    limit = Math.min(mostRows, limit * 2)
  }
}

/** undefined: so many rows are more than an answer may hold. */
const pageBehind = async (
  db: ManagedConnection['db'],
  context: RequestContext,
  id: string,
  limit: number,
): Promise<KopanoRow[] | undefined> => {
  const request = tableGetRequest('kv', {
    context: { ...context, readOnly: true },
    select: columns.map((column): Projection => ({ kind: 'column', alias: column, column, cast: '' })),
    where: { kind: 'comparison', column: 'id', operator: 'gt', operands: [id] },
    ordering: [{ column: 'id', direction: 'asc', nulls: 'unspecified' }],
    page: { limit, offset: 0 },
    // One document may have any size.
    maxReplyBytes: limit === 1 ? 0 : mostBytes,
  })
  try {
    const { rows } = await db.tableGet(request)
    return JSON.parse(Buffer.from(rows).toString('utf8')) as KopanoRow[]
  } catch (error) {
    if (limit > 1 && error instanceof PluginError && error.reason === 'too_large') return undefined
    throw error
  }
}

interface KopanoRow {
  readonly id: number | string
  readonly ekey: string
  readonly value: string
  readonly content_type: string | null
  readonly owner_id: string
  readonly client_id: string | null
  readonly realm: string
}

const documentOf = (row: KopanoRow, asBase64: boolean): KopanoDocument => ({
  space: spaceOf(kvRealms.find((realm) => realm === row.realm) ?? 'user', row.owner_id, row.client_id ?? ''),
  document: {
    key: encodeKey(Buffer.from(row.ekey)),
    value: Buffer.from(row.value, asBase64 ? 'base64' : 'utf8'),
    contentType: Buffer.from(row.content_type ?? '').toString('latin1'),
    metadata: undefined,
    liveUntil: forever,
  },
})

/** Whether the plugin answers values as base64, which is how columns of bytes are answered. */
const holdsBytes = async (db: ManagedConnection['db'], context: RequestContext): Promise<boolean> => {
  const { schema } = await db.getSchema({ context: { ...context, readOnly: true }, knownVersion: '' })
  const { tables } = JSON.parse(Buffer.from(schema).toString('utf8')) as Schema
  return tables.kv?.properties.value?.format === 'byte'
}

interface Schema {
  readonly tables: Readonly<Record<string, { readonly properties: Readonly<Record<string, { format?: string }>> }>>
}

const columns = ['id', 'ekey', 'value', 'content_type', 'owner_id', 'client_id', 'realm'] as const
const mostRows = 200
const mostBytes = 4 * 1024 * 1024

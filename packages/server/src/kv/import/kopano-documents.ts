import type { ManagedConnection } from '@easyrest/host'
import { type Projection, type RequestContext, tableGetRequest } from '@easyrest/protocol'
import { kvRealms } from '../../config/kv-config.js'
import { type Document, forever } from '../documents/document.js'
import { encodeKey } from '../keys/key.js'
import { type Space, spaceOf } from '../keys/space.js'

/** A document of a Kopano kvs, and whose it is. It has no revision yet. */
export interface KopanoDocument {
  readonly space: Space
  readonly document: Omit<Document, 'revision'>
}

/** The rows of Kopano's table `kv`, in pages by its column id. Throws what calls throw. */
export async function* kopanoDocuments(
  { db }: ManagedConnection,
  context: RequestContext,
): AsyncGenerator<KopanoDocument[], void> {
  const asBase64 = await holdsBytes(db, context)
  for (let last = '-1'; ; ) {
    const { rows } = await db.tableGet(
      tableGetRequest('kv', {
        context: { ...context, readOnly: true },
        select: columns.map((column): Projection => ({ kind: 'column', alias: column, column, cast: '' })),
        where: { kind: 'comparison', column: 'id', operator: 'gt', operands: [last] },
        ordering: [{ column: 'id', direction: 'asc', nulls: 'unspecified' }],
        page: { limit: pageRows, offset: 0 },
      }),
    )
    const page = JSON.parse(Buffer.from(rows).toString('utf8')) as KopanoRow[]
    yield page.map((row) => documentOf(row, asBase64))
    if (page.length < pageRows) return
    last = String(page.at(-1)!.id)
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
const pageRows = 200

import type { ColumnDefinition, EnsureTableRequest, RequestContext } from '@easyrest/protocol'
import type { DocumentRow } from '../documents/row.js'
import { maxPrimaryKeyLength } from '../keys/space.js'
import { kvTable } from '../store/kv-requests.js'

/** The table as the capability ensure_table makes it; ddl.ts says the same in SQL. */
export const kvTableDefinition = (context: RequestContext): EnsureTableRequest => ({
  context,
  table: kvTable,
  columns: [
    column('pk', 'ascii', maxPrimaryKeyLength),
    column('rev', 'ascii', 32),
    column('live_until', 'int64'),
    column('collection', 'ascii', maxPrimaryKeyLength),
    column('attrs', 'text'),
    column('value', 'text'),
  ],
  primaryKey: ['pk'],
  // What finds the rows that have expired.
  indexes: [{ name: `${kvTable}_live`, columns: ['live_until'], unique: false }],
})

const column = (name: keyof DocumentRow, type: ColumnDefinition['type'], maxLength = 0): ColumnDefinition => ({
  name,
  type,
  maxLength,
  nullable: false,
  defaultJson: new Uint8Array(),
})

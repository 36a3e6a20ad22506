import type { DbClient } from '@easyrest/host'
import { PluginError, type TableCreateRequest } from '@easyrest/protocol'

/** The table that batches are inserted into; how much a row holds follows from its number alone. */
export const batchTable = `CREATE TABLE rows (batch TEXT NOT NULL, n INTEGER NOT NULL, v TEXT NOT NULL, PRIMARY KEY (batch, n));
  CREATE INDEX rows_v ON rows (v)`

export const rowsPerBatch = 10

export const batchName = (batch: number): string => `batch-${String(batch).padStart(6, '0')}`

/** The batch whose rows are in a message, if there is one. */
export const batchIn = (message: Buffer): number | undefined => {
  const at = message.indexOf('batch-')
  return at < 0 ? undefined : Number(message.toString('latin1', at + 6, at + 12))
}

/** Inserts one batch after the other, each with one call; now and then one that has to fail at its last row. */
export async function insertBatches(db: DbClient, count: number): Promise<void> {
  for (let batch = 1; batch <= count; batch++) {
    await db.tableCreate(insert(batch, rowsPerBatch))
    if (batch % 7 === 0) await insertInVain(db, batch)
  }
}

async function insertInVain(db: DbClient, batch: number): Promise<void> {
  const request = insert(batch + failedOffset, rowsPerBatch - 1, [{ batch: batchName(batch), n: 0, v: 'twice' }])
  const error = await db.tableCreate(request).catch((thrown: unknown) => thrown)
  if (error instanceof PluginError && error.reason === 'unique') return
  throw new Error(`expected reason unique for a row that is there already, got ${error}`)
}

/** Batches from this number on were refused. */
export const failedOffset = 500_000

function insert(batch: number, count: number, more: object[] = []): TableCreateRequest {
  const rows = Array.from({ length: count }, (_value, n) => ({ batch: batchName(batch), n, v: valueFor(batch, n) }))
  return {
    ...{ context: undefined, table: 'rows', columns: [], missingDefault: false, conflict: undefined, select: [] },
    ...{ returning: 'rows', expectSingle: false, maxAffected: undefined, overwriteWhen: undefined },
    rows: Buffer.from(JSON.stringify([...rows, ...more])),
    rowCount: count + more.length,
  }
}

/** Some rows need pages of their own. */
const valueFor = (batch: number, n: number): string =>
  `${batchName(batch)}/${n}/`.padEnd(n % 5 === 0 ? longValue : shortValue, '.')

const longValue = 3000
const shortValue = 60

/** SQL that inserts a batch as it ought to be. */
export const rightBatch = (batch: number): string =>
  Array.from({ length: rowsPerBatch }, (_value, n) => {
    return `INSERT INTO rows VALUES ('${batchName(batch)}', ${n}, '${valueFor(batch, n)}');`
  }).join('')

/** SQL that is true for a row as valueFor made it. */
export const isRightRow = `v = substr(batch || '/' || n || '/' || replace(hex(zeroblob(${longValue / 2})), '0', '.'), 1,
  iif(n % 5 = 0, ${longValue}, ${shortValue}))`

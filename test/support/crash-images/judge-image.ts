import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import type { DiskImage } from './disk-model.js'
import { batchName, isRightRow, rowsPerBatch } from './insert-batches.js'
import { databaseName } from './record-inserts.js'

/**
 * What a database is like after a power cut. `broken`: SQLite finds damage, or cannot open it; `half`: a batch is there in
 * part, or one that was refused, or a row is not as it was sent; `lost`: an acknowledged batch is missing.
 */
export type Verdict = 'good' | 'broken' | 'half' | 'lost'

/** Opens an image with the driver of the plugin, in a directory that the next image may use again. */
export const judgeImage = (image: DiskImage, directory: string, acknowledged: number): Promise<Verdict> =>
  judgeDatabase(image, directory, (database) => judgeBatches(database, acknowledged))

/** @param judge what is said of a database without damage */
export async function judgeDatabase(
  image: DiskImage,
  directory: string,
  judge: (database: InstanceType<typeof DatabaseSync>) => Verdict,
): Promise<Verdict> {
  await writeImage(image, directory)
  try {
    const database = new DatabaseSync(join(directory, databaseName))
    try {
      return isDamaged(database) ? 'broken' : judge(database)
    } finally {
      database.close()
    }
  } catch {
    return 'broken'
  }
}

async function writeImage(image: DiskImage, directory: string): Promise<void> {
  for (const suffix of ['', '-journal', '-wal', '-shm'])
    await rm(join(directory, databaseName + suffix), { force: true })
  for (const [name, content] of image) await writeFile(join(directory, name), content)
}

function isDamaged(database: InstanceType<typeof DatabaseSync>): boolean {
  // Recovery is the same; that it reaches the disk is of no interest here.
  database.exec('PRAGMA synchronous = OFF')
  const [check] = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
  return check?.integrity_check !== 'ok'
}

function judgeBatches(database: InstanceType<typeof DatabaseSync>, acknowledged: number): Verdict {
  const batches = database.prepare(countRows).all() as { batch: string; rows: number; right: number }[]
  if (batches.some(({ rows, right }) => rows !== rowsPerBatch || right !== rowsPerBatch)) return 'half'
  // One after the other was sent, so none may be there without those before it.
  if (batches.some(({ batch }, index) => batch !== batchName(index + 1))) return 'half'
  return batches.length < acknowledged ? 'lost' : 'good'
}

const countRows = `SELECT batch, count(*) AS rows, sum(${isRightRow}) AS right FROM rows GROUP BY batch ORDER BY batch`

import { readFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { openPlugin } from '../open-plugin.js'
import { sqliteFile } from '../sqlite-file.js'
import { temporaryDirectory } from '../temporary-directory.js'
import type { DiskEvent } from './disk-event.js'
import type { DiskImage } from './disk-model.js'
import { batchIn, batchTable, failedOffset, insertBatches } from './insert-batches.js'
import { parseTrace } from './parse-trace.js'
import { writeTracedPlugin } from './traced-plugin.js'

/** What the SQLite plugin did to its files while batches were inserted and acknowledged. */
export interface Recording {
  /** The files before the first event. */
  readonly files: DiskImage
  readonly events: readonly DiskEvent[]
}

export const databaseName = 'test.db'

/**
 * Starts the plugin as the host does, under strace, inserts batches, and stops it in peace.
 * @param options of the connection URI, e.g. `?_pragma=synchronous(normal)`
 */
export async function recordInserts(t: TestContext, options: string, batches: number): Promise<Recording> {
  const [data, own] = [await temporaryDirectory(), await temporaryDirectory()]
  t.after(() => Promise.all([data.remove(), own.remove()]))
  const { path, uri, close } = sqliteFile(data.file(databaseName), batchTable)
  close()
  const files = new Map([[databaseName, await readFile(path)]])
  const { program, ended } = await writeTracedPlugin(own)
  const connection = await openPlugin(t, `${uri}${options}`, { path: program })
  const pid = connection.status.pid!
  await insertBatches(connection.db, batches)
  await connection.close(1000)
  const events = parseTrace(await ended(pid), { directory: data.path, acknowledged: acknowledgedBatch })
  checkComplete(events, batches)
  return { files, events }
}

const acknowledgedBatch = (message: Buffer): number | undefined => {
  const batch = batchIn(message)
  return batch === undefined || batch >= failedOffset ? undefined : batch
}

/** Throws unless every acknowledgement was seen. */
export function checkComplete(events: readonly DiskEvent[], batches: number): void {
  const acknowledged = events.filter(({ kind }) => kind === 'acknowledge').length
  if (acknowledged === batches) return
  throw new Error(
    `expected to see ${batches} acknowledgements in the trace, saw ${acknowledged}: the simulation is blind`,
  )
}

import { readFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { hostVariable } from '@easyrest/protocol'
import { openPlugin } from '../open-plugin.js'
import { sqlitePlugin } from '../repository-path.js'
import { sqliteFile } from '../sqlite-file.js'
import { temporaryDirectory } from '../temporary-directory.js'
import { until } from '../until.js'
import { writeProgram } from '../write-program.js'
import type { DiskEvent } from './disk-event.js'
import type { DiskImage } from './disk-model.js'
import { batchIn, batchTable, failedOffset, insertBatches } from './insert-batches.js'
import { parseTrace, tracedCalls } from './parse-trace.js'

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
  const trace = own.file('trace')
  const program = await writeProgram(own.file('traced-plugin'), `exec ${straceCommand(trace)} "${sqlitePlugin()}"`)
  const connection = await openPlugin(t, `${uri}${options}`, { path: program })
  const pid = connection.status.pid!
  await insertBatches(connection.db, batches)
  await connection.close(1000)
  const text = await until(() => completeTrace(trace, pid), { what: 'the end of the trace' })
  const events = parseTrace(text, { directory: data.path, acknowledged: acknowledgedBatch })
  checkComplete(events, batches)
  return { files, events }
}

// The tracer has a session of its own (-DDD), and not the mark by which the host finds what a plugin has left, so that it
// outlives the plugin.
const straceCommand = (trace: string): string =>
  `env -u ${hostVariable} strace -E ${hostVariable}="$${hostVariable}" -DDD -f -y -xx -s 10000000 -e trace=${tracedCalls} -e signal=none -o "${trace}" "${process.execPath}"`

async function completeTrace(file: string, pid: number): Promise<string | undefined> {
  const text = await readFile(file, 'latin1')
  return new RegExp(`^${pid} +\\+\\+\\+ (exited|killed)`, 'm').test(text) ? text : undefined
}

const acknowledgedBatch = (message: Buffer): number | undefined => {
  const batch = batchIn(message)
  return batch === undefined || batch >= failedOffset ? undefined : batch
}

function checkComplete(events: readonly DiskEvent[], batches: number): void {
  const acknowledged = events.filter(({ kind }) => kind === 'acknowledge').length
  if (acknowledged === batches) return
  throw new Error(
    `expected to see ${batches} acknowledgements in the trace, saw ${acknowledged}: the simulation is blind`,
  )
}

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { parseTrace } from '../../support/crash-images/parse-trace.js'
import { checkComplete, databaseName, type Recording } from '../../support/crash-images/record-inserts.js'
import { writeTracedPlugin } from '../../support/crash-images/traced-plugin.js'
import { sqliteFile } from '../../support/sqlite-file.js'
import { temporaryDirectory } from '../../support/temporary-directory.js'
import { json, type KvServer, startKvServer } from '../kv-server.js'

export const documentsPerBatch = 11

/** Batch n writes so many new documents with the value n, and n over the document `all/last`. */
export async function recordDocuments(t: TestContext, options: string, batches: number): Promise<Recording> {
  for (let tries = 1; ; tries++) {
    try {
      return await record(t, options, batches)
    } catch (error) {
      // On a machine that is very busy strace sometimes does not tell of the end of the process; nothing is known then.
      if (tries === 3 || !(error as Error).message.includes('end of the trace')) throw error
    }
  }
}

async function record(t: TestContext, options: string, batches: number): Promise<Recording> {
  const [data, own] = [await temporaryDirectory(), await temporaryDirectory()]
  t.after(() => Promise.all([data.remove(), own.remove()]))
  const { path, uri, close } = sqliteFile(data.file(databaseName), '')
  close()
  const files = new Map([[databaseName, await readFile(path)]])
  const { program, ended } = await writeTracedPlugin(own)
  const kv = await startKvServer({ uri: `${uri}${options}`, plugin: program })
  const pid = pidOf(kv)
  try {
    assert.equal((await kv.ask('PUT', 'all/last', json(0))).status, 200)
    for (let batch = 1; batch <= batches; batch++) await writeBatch(kv, batch)
  } finally {
    await kv.stop()
  }
  let acknowledged = 0
  const events = parseTrace(await ended(pid), {
    directory: data.path,
    acknowledged: (message) => (message.includes(batchWritten) ? ++acknowledged : undefined),
  })
  checkComplete(events, batches)
  return { files, events }
}

async function writeBatch(kv: KvServer, batch: number): Promise<void> {
  const keys = Array.from(
    { length: documentsPerBatch },
    (_, index) => `batch-${String(batch).padStart(6, '0')}/${index}`,
  )
  const value = { batch, filling: '.'.repeat(batch % 3 === 0 ? 2000 : 20) }
  const entries = ['last', ...keys].map((key) => ({ key, value, content_type: 'application/json' }))
  const answer = await kv.ask('PUT', 'all?batch=1', json(entries))
  assert.equal(answer.status, 200)
}

/** TableCreateResponse: affected (field 3) of a batch with `last`, inserted (field 4) without. No other write has these. */
const batchWritten = Buffer.from([0x18, documentsPerBatch + 1, 0x20, documentsPerBatch])

function pidOf(kv: KvServer): number {
  const line = kv.server
    .log()
    .split('\n')
    .find((text) => text.includes('docs: ready'))
  return (JSON.parse(line ?? '{}') as { pid: number }).pid
}

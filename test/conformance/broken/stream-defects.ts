import { type DBPlugin, PluginError, type TableGetChunk, type TableGetRequest } from '@easyrest/plugin'
import { altered } from './altered.js'
import type { ProgramDefect } from './program-defect.js'

type Chunks = AsyncIterable<TableGetChunk>

export const streamDefects: Readonly<Record<string, ProgramDefect>> = {
  // Digits are lost on the way through JSON.parse.
  'stream.rows': onChunks(async function* (chunks) {
    for await (const chunk of chunks) yield { ...chunk, rows: reprinted(chunk.rows) }
  }),
  'stream.counts': onChunks(async function* (chunks) {
    for await (const chunk of chunks) yield { ...chunk, rowCount: chunk.rowCount + 1 }
  }),
  'stream.empty': onChunks(async function* (chunks) {
    let count = 0
    for await (const chunk of chunks) {
      count++
      yield chunk
    }
    if (count === 0) throw new PluginError('singular', 'no rows')
  }),
  'stream.request': onStream((request, stream) => stream({ ...request, page: undefined })),
  'stream.total': onChunks(async function* (chunks) {
    for await (const chunk of chunks) yield chunk.rowCount === 0 ? { ...chunk, total: undefined } : chunk
  }),
  'stream.refused': onChunks(async function* (chunks) {
    try {
      yield* chunks
    } catch {
      // An end like any other.
    }
  }),
  'stream.chunks': onChunks(async function* (chunks) {
    const rows: Buffer[] = []
    let rowCount = 0
    for await (const chunk of chunks) {
      rows.push(...(rowCount === 0 ? [] : [Buffer.from(',')]), Buffer.from(chunk.rows))
      rowCount += chunk.rowCount
    }
    yield { rows: Buffer.concat(rows), rowCount, total: undefined }
  }),
  'stream.cancel': onChunks(async function* (chunks) {
    if (openStreams >= 5) throw new PluginError('unavailable', 'all cursors are in use')
    openStreams++
    yield* chunks
    // Not reached when the reader leaves.
    openStreams--
  }),
}

let openStreams = 0

function onStream(
  ask: (request: TableGetRequest, stream: (request: TableGetRequest) => Chunks) => Chunks,
): ProgramDefect {
  const db = (it: DBPlugin) =>
    altered(it, { tableGetStream: (request, call) => ask(request, (asked) => it.tableGetStream!(asked, call)) })
  // A connection that streams serves nothing else.
  return { threaded: true, db }
}

function onChunks(change: (chunks: Chunks) => Chunks): ProgramDefect {
  return onStream((request, stream) => change(stream(request)))
}

function reprinted(rows: Uint8Array): Buffer {
  return Buffer.from(JSON.stringify(JSON.parse(`[${Buffer.from(rows)}]`)).slice(1, -1))
}

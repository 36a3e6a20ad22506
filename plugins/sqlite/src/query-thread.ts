import { parentPort, workerData } from 'node:worker_threads'
import { toPluginError } from '@easyrest/plugin'
import { toErrorMessage } from '@easyrest/protocol'
import type { Database } from './database.js'
import { openForQueries } from './open-for-queries.js'
import type { QueryReply } from './query-process.js'
import { type ClientQuery, runQuery } from './run-query.js'

// The thread of query-program.ts.
let database: Database | undefined

parentPort!.on('message', (query: ClientQuery) => parentPort!.postMessage(replyTo(query)))

const replyTo = (query: ClientQuery): QueryReply => {
  try {
    database ??= openForQueries(workerData)
    return { answer: runQuery(database, query), error: undefined }
  } catch (error) {
    return { answer: undefined, error: toErrorMessage(toPluginError('query', error)) }
  }
}

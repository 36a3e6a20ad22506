import { setTimeout as delay } from 'node:timers/promises'
import { type DBPlugin, PluginError, type ServeOptions, type TableGetRequest } from '@easyrest/plugin'
import { dbService } from '@easyrest/protocol'
import { altered, onGet } from './altered.js'
import type { ProgramDefect } from './program-defect.js'

export const loadDefects: Readonly<Record<string, ProgramDefect>> = {
  'load.at-once': {
    db: (db) =>
      altered(db, {
        tableGet: async (request, call) => {
          latest = request
          await delay(5)
          return db.tableGet(latest, call)
        },
      }),
  },
  'load.large': {
    db: onGet(
      (request) => request,
      (answer) => {
        if ((answer.rows as Uint8Array).length > 4 * 1024 * 1024) throw new PluginError('internal', 'larger than 4 MiB')
        return answer
      },
    ),
  },
  'load.too-large': {
    handlers: {
      TableGet: (original) => (call, reply) => {
        const request = dbService.TableGet.requestDeserialize(call.request)
        call.request = dbService.TableGet.requestSerialize({ ...request, maxReplyBytes: 0 })
        original(call, reply)
      },
    },
  },
  'load.memory': {
    db: onGet((request) => {
      kept.push(Buffer.alloc(20_000, 1))
      return request
    }),
  },
  // Its driver blocks, and there are no threads.
  'load.deadline': {},
  'load.cancel': { threaded: true, db: withoutSignal, options: inOneThread },
}

/** One thread does everything, so that one call too many is noticed. */
export function inOneThread(options: ServeOptions): ServeOptions {
  return { ...options, threads: { ...options.threads!, alone: () => true } }
}

let latest: TableGetRequest

const kept: Buffer[] = []

function withoutSignal(db: DBPlugin): DBPlugin {
  const endless = { signal: new AbortController().signal, remainingMs: Number.POSITIVE_INFINITY, cancelled: false }
  return altered(db, { tableGet: (request) => db.tableGet(request, endless) })
}

import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Header } from './http.js'

export interface LoadOptions {
  readonly origin: string
  readonly target: string
  readonly headers?: readonly Header[]
  /** Requests are sent at this rate whatever becomes of those before: a slow server does not get fewer. */
  readonly perSecond: number
  readonly seconds: number
  /** A request that is due while so many are under way is not sent. */
  readonly maxConnections?: number
}

export interface LoadResult {
  readonly sent: number
  readonly notSent: number
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<number, number>>
  /** Requests without a whole answer. */
  readonly failed: number
  readonly firstFailure: string | undefined
  /** Of the answers with 200, from the moment they were due, in ms. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number }
}

/** Open-loop load on keep-alive connections, from a thread of its own. Ends five seconds after the last request. */
export async function openLoad(options: LoadOptions): Promise<LoadResult> {
  const worker = new Worker(fileURLToPath(new URL('open-load-worker.js', import.meta.url)), { workerData: options })
  const failed = once(worker, 'error').then(([error]): never => {
    throw error
  })
  const [result] = (await Promise.race([once(worker, 'message'), failed])) as [LoadResult]
  await worker.terminate()
  return result
}

/** How many answers had the status 200, in a second. */
export function goodput({ statuses }: LoadResult, { seconds }: LoadOptions): number {
  return Math.round((statuses[200] ?? 0) / seconds)
}

import type { RequestContext } from '@easyrest/protocol'
import type { Config } from '../config/config.js'
import type { KvConfig } from '../config/kv-config.js'
import { ApiError } from '../errors.js'
import type { Observe } from '../observe/observation.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import { KvRefusal } from './request/kv-refusal.js'
import { KvStore } from './store/kv-store.js'

/** The key/value API of a snapshot: its settings, and the store, which may be older than they are. */
export interface KvService {
  readonly config: KvConfig
  readonly store: KvStore
  /** Resolves when the store is ready. Throws KvRefusal when it is not within `kv.limits.wait`. */
  ready(): Promise<void>
}

/**
 * undefined: none is configured.
 * @param previous whose store is kept where the connection is the same
 */
export const openKvService = (
  { kv, defaultTimezone }: Config,
  connections: ReadonlyMap<string, ServedConnection>,
  observe: Observe,
  previous: KvService | undefined,
): KvService | undefined => {
  const served = kv && connections.get(kv.connection)
  if (kv === undefined || served === undefined) return undefined
  const options = {
    connection: served.connection,
    context: plainContext(defaultTimezone),
    meter: served.meter,
    observe,
    maxRows: Math.max(1, Math.min(mostRows, Math.floor(mostBytes / kv.limits.maxValueBytes))),
    mayCreate: kv.autoCreate,
  }
  const store = previous !== undefined && isSame(previous.store, options) ? previous.store : new KvStore(options)
  return { config: kv, store, ready: () => ready(store, kv) }
}

const isSame = ({ options: before }: KvStore, options: KvStore['options']): boolean =>
  before.connection === options.connection &&
  before.maxRows === options.maxRows &&
  before.mayCreate === options.mayCreate &&
  Buffer.from(before.context.ctx).equals(options.context.ctx)

const ready = async ({ opening }: KvStore, { limits }: KvConfig): Promise<void> => {
  if (opening.features !== undefined) return
  await opening.wait(limits.waitMs)
  if (opening.features !== undefined) return
  const detail = 'The store of the documents is not ready; the log of the server says why'
  // Kopano waits as long, and then says no more than this.
  throw new KvRefusal(500, new ApiError('unavailable', { detail, headers: { 'Retry-After': '1' } }))
}

const plainContext = (timezone: string): RequestContext => ({
  userId: '',
  timezone,
  txEnd: 'commit',
  readOnly: false,
  ctx: Buffer.from(JSON.stringify({ timezone, prefer: { tx: 'commit' } })),
})

// What one call reads or writes at most.
const mostRows = 1000
const mostBytes = 16 * 1024 * 1024

import type { ConnectionConfig } from './config.js'
import type { ParsedConfig } from './config-schema.js'
import { type KvConfig, type KvRealm, type KvRealmConfig, kvRealms } from './kv-config.js'
import type { Resolving } from './resolving.js'
import { suggest } from './suggest.js'

/** The section `kv` with its connection checked; undefined: there is none. */
export function resolveKv(
  { kv }: ParsedConfig,
  connections: ReadonlyMap<string, ConnectionConfig>,
  resolving: Resolving,
): KvConfig | undefined {
  if (kv === undefined) return undefined
  const connection = kv.connection.toLowerCase()
  checkConnection(kv.connection, connections, resolving)
  const { limits } = kv
  return {
    connection,
    preset: kv.preset,
    allowCors: kv.allow_cors,
    autoCreate: kv.auto_create,
    strictJson: kv.strict_json,
    recursiveDelete: kv.recursive_delete,
    cleanupIntervalMs: kv.cleanup_interval,
    realms: resolveRealms(kv.realms, resolving),
    claims: kv.claims,
    limits: {
      maxValueBytes: limits.max_value_size,
      maxKeyBytes: limits.max_key_size,
      maxMetadataBytes: limits.max_metadata_size,
      maxPage: limits.max_page,
      maxAnswerBytes: limits.max_answer_size,
      maxBatch: limits.max_batch,
      maxBatchBytes: limits.max_batch_size,
      maxMget: limits.max_mget,
      maxTxn: limits.max_txn,
      waitMs: limits.wait,
    },
  }
}

function checkConnection(name: string, connections: ReadonlyMap<string, ConnectionConfig>, resolving: Resolving): void {
  const connection = connections.get(name.toLowerCase())
  const complain = (message: string): void => resolving.complain(['kv', 'connection'], message)
  if (connection === undefined) {
    complain(`there is no connection "${name}"${suggest(name.toLowerCase(), connections.keys())}`)
  } else if (!connection.servesTables) complain(`the connection "${name}" is a cache and has no tables`)
  else if (connection.dbTxEnd.startsWith('rollback')) {
    complain(`the connection "${name}" rolls every write back (db_tx_end), so nothing would be stored`)
  }
}

const kopanoScopes = ['kopano/kvs']

/** The realm user is always there; of the others those that are named. */
function resolveRealms(
  realms: Readonly<Record<string, KvRealmConfig>>,
  resolving: Resolving,
): ReadonlyMap<KvRealm, KvRealmConfig> {
  const served = new Map<KvRealm, KvRealmConfig>([['user', { read: kopanoScopes, write: kopanoScopes }]])
  for (const [name, { read, write }] of Object.entries(realms)) {
    const realm = kvRealms.find((known) => known === name)
    if (realm === undefined) {
      const expected = `expected one of the realms ${kvRealms.join(', ')}${suggest(name, kvRealms)}`
      resolving.complainAtKey(['kv', 'realms', name], expected)
    } else served.set(realm, { read: orDefault(read), write: orDefault(write) })
  }
  return served
}

// No scope would mean that every token opens the realm.
function orDefault(scopes: readonly string[]): readonly string[] {
  return scopes.length === 0 ? kopanoScopes : scopes
}

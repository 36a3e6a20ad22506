/** The section `kv` of the configuration, resolved: durations in milliseconds, sizes in bytes. */
export interface KvConfig {
  /** Key (lower-case) of the connection whose table holds the documents; it exists. */
  readonly connection: string
  readonly preset: KvPreset
  /** Whether every origin may use the key/value API, as Kopano's KOPANO_KVS_ALLOW_CORS says it. */
  readonly allowCors: boolean
  /** Whether the table is made where it is missing. */
  readonly autoCreate: boolean
  /** Whether a body that calls itself JSON must be JSON. */
  readonly strictJson: boolean
  /** Whether DELETE with recurse=1 deletes what begins with a key. */
  readonly recursiveDelete: boolean
  /** How often what has expired is removed; 0: never. */
  readonly cleanupIntervalMs: number
  /** The realms that are served, by name. */
  readonly realms: ReadonlyMap<KvRealm, KvRealmConfig>
  readonly claims: KvClaimsConfig
  readonly limits: KvLimitsConfig
}

export const kvPresets = ['kopano', 'plain'] as const
export type KvPreset = (typeof kvPresets)[number]

/** `user`: each user and client has documents of its own; `app`: each client; `shared`: all have the same. */
export const kvRealms = ['user', 'app', 'shared'] as const
export type KvRealm = (typeof kvRealms)[number]

/** The scopes that open a realm; a token needs all of them. */
export interface KvRealmConfig {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

/** Paths of claims, members joined with dots; of each list the first that a token has counts (of `scopes` all). */
export interface KvClaimsConfig {
  readonly user: readonly string[]
  readonly client: readonly string[]
  readonly scopes: readonly string[]
}

export interface KvLimitsConfig {
  readonly maxValueBytes: number
  /** Of a key, before it is encoded. */
  readonly maxKeyBytes: number
  /** JSON of X-KV-Meta. */
  readonly maxMetadataBytes: number
  /** Documents in one answer. */
  readonly maxPage: number
  /** After so many bytes an answer with several documents ends, and links to the rest. */
  readonly maxAnswerBytes: number
  /** Documents in one batch, and bytes of its body. */
  readonly maxBatch: number
  readonly maxBatchBytes: number
  /** Keys in one mget. */
  readonly maxMget: number
  /** Operations in one transaction. */
  readonly maxTxn: number
  /** How long a request waits for a store that is still starting. */
  readonly waitMs: number
}

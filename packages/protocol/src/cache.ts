/** The requests and answers of a cache, as proto/easyrest/plugin/v1/cache.proto defines them. */
export interface CacheGetRequest {
  readonly key: string
}

export interface CacheGetResponse {
  /** undefined: a miss. */
  readonly value: string | undefined
}

export interface CacheSetRequest {
  readonly key: string
  readonly value: string
  /** > 0. */
  readonly ttlMs: number
}

export interface CacheDeleteRequest {
  readonly key: string
}

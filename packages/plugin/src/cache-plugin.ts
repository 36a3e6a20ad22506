import type {
  CacheDeleteRequest,
  CacheGetRequest,
  CacheGetResponse,
  CacheSetRequest,
  InitConnectionRequest,
  InitConnectionResponse,
} from '@easyrest/protocol'
import type { Call } from './call.js'

/** What a plugin author implements to offer a cache. It may forget anything, and never answers an expired value. */
export interface CachePlugin {
  /** As that of DBPlugin, for the role of a cache. */
  initConnection(request: InitConnectionRequest, call: Call): Promise<InitConnectionResponse>
  /** Answers `{ value }`; undefined as the value is a miss. */
  get(request: CacheGetRequest, call: Call): Promise<CacheGetResponse>
  /** Keeps the value for `ttlMs` milliseconds, at least 1, in place of the one before. */
  set(request: CacheSetRequest, call: Call): Promise<void>
  /** Capability `cache_delete`. */
  delete?(request: CacheDeleteRequest, call: Call): Promise<void>
  /** Called once when the process stops. */
  close?(): Promise<void>
}

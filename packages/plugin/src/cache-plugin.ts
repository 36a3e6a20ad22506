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
  initConnection(request: InitConnectionRequest, call: Call): Promise<InitConnectionResponse>
  get(request: CacheGetRequest, call: Call): Promise<CacheGetResponse>
  set(request: CacheSetRequest, call: Call): Promise<void>
  /** Capability `cache_delete`. */
  delete?(request: CacheDeleteRequest, call: Call): Promise<void>
  close?(): Promise<void>
}

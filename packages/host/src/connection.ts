import type {
  CacheDeleteRequest,
  CacheGetRequest,
  CacheGetResponse,
  CacheSetRequest,
  CallFunctionRequest,
  CallFunctionResponse,
  Capability,
  EnsureTableRequest,
  EnsureTableResponse,
  GetSchemaRequest,
  GetSchemaResponse,
  PluginInfo,
  QueryRequest,
  QueryResponse,
  TableBatchRequest,
  TableBatchResponse,
  TableCreateRequest,
  TableCreateResponse,
  TableDeleteRequest,
  TableDeleteResponse,
  TableGetChunk,
  TableGetRequest,
  TableGetResponse,
  TableUpdateRequest,
  TableUpdateResponse,
} from '@easyrest/protocol'
import type { CancelSignal } from './cancel-signal.js'

/** A named entry of the configuration with the plugin process behind it. Lives through crashes of the process. */
export interface Connection {
  readonly name: string
  readonly db: DbClient
  readonly cache: CacheClient
  /** What the plugin said of itself; undefined until it first became ready. */
  readonly info: PluginInfo | undefined
  readonly status: ConnectionStatus
  /** A further call would be refused as overloaded: nothing needs to be done for it. */
  readonly isFull: boolean
  can(capability: Capability): boolean
  /** Lets calls in flight finish (at most `drainMs`), then stops the process. Further calls are refused. */
  close(drainMs: number): Promise<void>
}

/** As one where there are several instances: ready when one is, with its pid. */
export interface ConnectionStatus extends InstanceStatus {
  readonly inFlight: number
  /** Calls that wait for a place among those in flight. */
  readonly waiting: number
  readonly instances: readonly InstanceStatus[]
}

/** One of the plugin processes of a connection. */
export interface InstanceStatus {
  readonly state: 'starting' | 'ready' | 'waiting' | 'closed'
  readonly pid: number | undefined
  readonly program: string | undefined
  readonly restarts: number
  readonly lastError: string | undefined
  /** When the next start is due, in ms from now; 0 when none is. */
  readonly retryAfterMs: number
}

/** Settings of one connection, as the configuration resolved them. Two equal settings may share a running process. */
export interface ConnectionSettings {
  readonly name: string
  readonly uri: string
  /** An explicit program; otherwise the program is found by the scheme of the URI. */
  readonly path: string | undefined
  readonly sha256: string | undefined
  /** Directories searched before the one beside the server and PATH. */
  readonly pluginDirs: readonly string[]
  /** auto unless given. */
  readonly tls?: TlsUse | undefined
  /** The handshake of a plugin that somebody else runs, and that is used instead of starting a program. */
  readonly reattach?: string | undefined
  readonly servesTables: boolean
  readonly servesCache: boolean
  readonly env: Readonly<Record<string, string>>
  readonly envPass: readonly string[]
  /** Plugin processes that share the calls; 1 unless given. */
  readonly instances?: number | undefined
  /** For the connection, all its instances together. */
  readonly limits: ConnectionLimits
}

/**
 * Whether the plugin is offered TLS with certificates of both sides:
 * - auto: where it cannot do without, which is where it listens on TCP
 * - always: on its private socket too; a plugin that does not take the offer is refused
 * - never: a plugin may then listen on TCP in plain text, and every user of the machine can connect to it
 */
export type TlsUse = 'auto' | 'always' | 'never'

export interface ConnectionLimits {
  readonly timeoutMs: number
  readonly startTimeoutMs: number
  readonly inFlight: number
  readonly queue: number
  readonly waitMs: number
  /** How many processes of the host call the same plugin, each with its part of what that takes at once, at least one call; 1 unless given. */
  readonly sharedBy?: number | undefined
  /** All the time a stream may make its reader wait, in sum; ten minutes unless given. */
  readonly streamTimeoutMs?: number | undefined
}

export interface CallOptions {
  /** Milliseconds; undefined: the connection's own limit. */
  readonly timeoutMs?: number | undefined
  readonly signal?: CancelSignal | undefined
}

/**
 * The database as the server sees it. Every method may throw PluginError (the plugin's answer) or CallError
 * (what happened on the way).
 */
export interface DbClient {
  tableGet(request: TableGetRequest, options?: CallOptions): Promise<TableGetResponse>
  tableCreate(request: TableCreateRequest, options?: CallOptions): Promise<TableCreateResponse>
  tableUpdate(request: TableUpdateRequest, options?: CallOptions): Promise<TableUpdateResponse>
  tableDelete(request: TableDeleteRequest, options?: CallOptions): Promise<TableDeleteResponse>
  callFunction(request: CallFunctionRequest, options?: CallOptions): Promise<CallFunctionResponse>
  getSchema(request: GetSchemaRequest, options?: CallOptions): Promise<GetSchemaResponse>
  query(request: QueryRequest, options?: CallOptions): Promise<QueryResponse>
  ensureTable(request: EnsureTableRequest, options?: CallOptions): Promise<EnsureTableResponse>
  tableBatch(request: TableBatchRequest, options?: CallOptions): Promise<TableBatchResponse>
  tableGetStream(request: TableGetRequest, options?: CallOptions): AsyncIterable<TableGetChunk>
}

export interface CacheClient {
  get(request: CacheGetRequest, options?: CallOptions): Promise<CacheGetResponse>
  set(request: CacheSetRequest, options?: CallOptions): Promise<void>
  delete(request: CacheDeleteRequest, options?: CallOptions): Promise<void>
}

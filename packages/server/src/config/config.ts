import type { KvConfig } from './kv-config.js'

/**
 * The resolved configuration: what the rest of the server reads. Immutable, complete (every default is filled in),
 * durations in milliseconds, sizes in bytes, paths absolute. loadConfig makes it; nothing else does.
 */
export interface Config {
  readonly http: HttpConfig
  /** The listener for operators; undefined: there is none. */
  readonly admin: AdminConfig | undefined
  /** Processes that serve HTTP; 1: the main process does. */
  readonly workers: number
  readonly auth: AuthConfig
  readonly accessLog: boolean
  /** Whether the log lines of plugin processes appear in the server's log. */
  readonly pluginLog: boolean
  /** An IANA zone name or ±hh:mm. */
  readonly defaultTimezone: string
  readonly cors: CorsConfig
  readonly context: ContextConfig
  readonly server: ServerConfig
  /** Folders searched for plugin programs, in this order. */
  readonly pluginDirs: readonly string[]
  /** By lower-case name: names compare without regard to case. */
  readonly connections: ReadonlyMap<string, ConnectionConfig>
  /** The key/value API; undefined: there is none. */
  readonly kv: KvConfig | undefined
}

export interface HttpConfig {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined
}

export interface TlsConfig {
  readonly certFile: string
  readonly keyFile: string
  /** What was in them; undefined: to be read. */
  readonly pems?: { readonly cert: Uint8Array; readonly key: Uint8Array } | undefined
}

export interface AdminConfig {
  readonly listen: ListenAddress
  /** Whether a host that other machines can reach is allowed. */
  readonly allowRemote: boolean
}

/** `path` is that of a unix socket. */
export type ListenAddress = { readonly host: string; readonly port: number } | { readonly path: string }

export interface AuthConfig {
  readonly jwt: JwtConfig
  /** Whether a request needs the scope of what it touches. */
  readonly checkScope: boolean
  /** The top-level claim that names the user. */
  readonly userClaim: string
  /** Claims of a request without credentials; empty: such a request is refused. */
  readonly anonClaims: Readonly<Record<string, unknown>>
  /** How long a verified token is remembered, never beyond its exp. 0: not at all; Infinity: until its exp. */
  readonly tokenCacheTtlMs: number
}

/** At least one of `secret`, `keys` and `jwksUrl` is there: without a key the configuration does not load. */
export interface JwtConfig {
  /** The HMAC secret, at least 32 bytes. */
  readonly secret: string | undefined
  readonly keys: readonly KeyFileConfig[]
  /** Where the issuer publishes its keys as a JWK set; https. */
  readonly jwksUrl: string | undefined
  /** Accepted audiences and issuers; empty: not checked. */
  readonly audience: readonly string[]
  readonly issuer: readonly string[]
  readonly leewayMs: number
  /** The word before the token in the Authorization header. */
  readonly tokenType: string
  /** Where clients get tokens, for API descriptions; undefined: they do not say. */
  readonly login: LoginConfig | undefined
}

/** In the words of Swagger 2.0. The flow has the URLs that it needs. */
export interface LoginConfig {
  readonly flow: LoginFlow
  readonly tokenUrl: string | undefined
  readonly authorizationUrl: string | undefined
}

export const loginFlows = ['password', 'accessCode', 'implicit', 'application'] as const
export type LoginFlow = (typeof loginFlows)[number]

/** A PEM or JWK file; its kind decides the algorithms. The file was there and readable when the config was loaded. */
export interface KeyFileConfig {
  readonly kid: string | undefined
  readonly file: string
  /** What was in it; undefined: to be read. */
  readonly text?: string | undefined
}

export interface CorsConfig {
  readonly enabled: boolean
  /** `*` or exact origins. */
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly maxAgeMs: number
  /** Requests may carry what the browser holds for this origin (cookies, certificates); origins are exact then. */
  readonly credentials: boolean
}

export interface ContextConfig {
  /** The request headers that plugins see, lower-case; undefined: all but those that carry credentials. */
  readonly headers: readonly string[] | undefined
}

/** Limits of the HTTP listener. */
export interface ServerConfig {
  readonly maxBodyBytes: number
  readonly maxUrlBytes: number
  readonly maxHeaderBytes: number
  /** From the first byte of a request to the last of its answer's head. */
  readonly requestTimeoutMs: number
  /** For receiving a whole request, body included. */
  readonly readTimeoutMs: number
  readonly readHeaderTimeoutMs: number
  /** For an open connection between two requests. */
  readonly idleTimeoutMs: number
  /** How long requests in flight may go on after a reload or a stop. */
  readonly drainTimeoutMs: number
  readonly trustedProxy: TrustedProxyConfig
}

/** Whether proxies in front tell the client's address (for the access log). */
export interface TrustedProxyConfig {
  readonly mode: TrustedProxyMode
  /** Proxies in front, counted from the right of X-Forwarded-For (mode xff_count). */
  readonly count: number
  /** The header that holds the address, lower-case (mode header). */
  readonly header: string
}

export const trustedProxyModes = ['none', 'xff_count', 'header'] as const
export type TrustedProxyMode = (typeof trustedProxyModes)[number]

/**
 * One named entry of the configuration.
 *
 * Which roles its plugin gets is decided in two steps, because the configuration cannot know what a plugin offers:
 * `servesTables` and `servesCache` say what this entry is wanted for, the plugin's GetInfo says what it can do. The
 * host initialises the DB role when servesTables is true and the plugin declares it, and the cache role when
 * servesCache is true or the plugin has no DB role. So an entry that nobody uses as a cache never gets a cache table,
 * and `mydb_cache: { uri: redis://... }` needs no word that says it is a cache.
 */
export interface ConnectionConfig {
  /** As it was written; the key of `Config.connections` is its lower-case form. */
  readonly name: string
  /** Passed to the plugin unchanged. May hold a password: for output use redactUri. */
  readonly uri: string
  /** The part before ://, lower-case. */
  readonly scheme: string
  /** The plugin program; undefined: it is searched for by the scheme. */
  readonly path: string | undefined
  /** What the program's SHA-256 must be, lower-case hex. */
  readonly sha256: string | undefined
  /** The handshake of a plugin that somebody else runs, from EASYREST_REATTACH_PLUGINS; for debugging. */
  readonly reattach: string | undefined
  /** Whether the plugin is offered TLS with certificates of both sides. */
  readonly tls: TlsUse
  /** False only for entries that came from ER_CACHE_<NAME>. */
  readonly servesTables: boolean
  /** Some connection with enable_cache names this one as its cache, or the entry came from ER_CACHE_<NAME>. */
  readonly servesCache: boolean
  readonly enableCache: boolean
  /** Key (lower-case) of the connection that keeps this one's table versions; it exists. */
  readonly cacheName: string | undefined
  /** How long a tag or version is kept: as long may a write that bypasses the server stay unnoticed. */
  readonly cacheTtlMs: number
  readonly dbTxEnd: DbTxEnd
  readonly useQuery: boolean
  /** Readable without a token. */
  readonly public: NameLists
  /** Hidden, whatever the rights. */
  readonly exclude: NameLists
  /** When not empty, only these are served. */
  readonly allow: NameLists
  /** Function or table -> tables whose versions a call of it, or a write to it, changes; `*` is any, and all. */
  readonly cacheInvalidationMap: ReadonlyMap<string, readonly string[]>
  /** Environment of the plugin process: fixed values, and names passed on from the server's environment. */
  readonly env: Readonly<Record<string, string>>
  readonly envPass: readonly string[]
  readonly instances: number
  readonly limits: LimitsConfig
  /** Rows of an answer when the request names no limit; 0: unlimited. The global value is filled in. */
  readonly defaultLimit: number
  /** Rows of an answer at most; 0: unlimited. The global value is filled in. */
  readonly maxLimit: number
  readonly aggregates: boolean
  /** The title of the connection's API description. */
  readonly title: string
}

export interface NameLists {
  readonly tables: readonly string[]
  readonly functions: readonly string[]
}

export const tlsUses = ['auto', 'always', 'never'] as const
export type TlsUse = (typeof tlsUses)[number]

export const dbTxEnds = ['commit', 'commit-allow-override', 'rollback', 'rollback-allow-override'] as const
export type DbTxEnd = (typeof dbTxEnds)[number]

/** What one connection's plugin may take. */
export interface LimitsConfig {
  /** For one call. */
  readonly timeoutMs: number
  /** From starting the program to the end of InitConnection. */
  readonly startTimeoutMs: number
  readonly inFlight: number
  /** Calls that may wait for a free place. */
  readonly queue: number
  /** How long one may wait. */
  readonly waitMs: number
  /** All the time a streamed answer may keep its reader waiting, in sum. */
  readonly streamTimeoutMs: number
}

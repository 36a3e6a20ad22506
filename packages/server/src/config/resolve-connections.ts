import { connectionScheme } from '@easyrest/protocol'
import type { ConnectionConfig, NameLists } from './config.js'
import type { ParsedConfig, ParsedConnection } from './config-schema.js'
import type { Path } from './origins.js'
import type { Resolving } from './resolving.js'
import { suggest } from './suggest.js'

/** The entries of `plugins` by lower-case name, with their references checked. */
export function resolveConnections(parsed: ParsedConfig, resolving: Resolving): ReadonlyMap<string, ConnectionConfig> {
  const entries = Object.entries(parsed.plugins)
  checkNames(entries, resolving)
  checkCacheNames(entries, resolving)
  checkStatements(entries, resolving)
  const keys = new Set(entries.map(([name]) => name.toLowerCase()))
  const caches = keysOfCaches(entries, keys)
  const connections = entries.map(([name, entry]) => resolveConnection(name, entry, parsed, keys, caches, resolving))
  return new Map(connections.map((connection) => [connection.name.toLowerCase(), connection]))
}

type Entries = readonly (readonly [string, ParsedConnection])[]

const nameForm = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/

function checkNames(entries: Entries, resolving: Resolving): void {
  const seen = new Map<string, string>()
  for (const [name, entry] of entries) {
    const message = nameProblem(name, seen.get(name.toLowerCase()), entry)
    if (message !== undefined) resolving.complainAtKey(['plugins', name], message)
    seen.set(name.toLowerCase(), name)
  }
}

function nameProblem(name: string, other: string | undefined, entry: ParsedConnection): string | undefined {
  if (!nameForm.test(name)) {
    return `expected a connection name of at most 63 letters, digits, "_" and "-" that does not start with a digit or "-"`
  }
  if (name.toLowerCase() === 'kvs') return 'the name "kvs" is reserved for the key/value API; rename the connection'
  if (other !== undefined) return `collides with "${other}": connection names compare without regard to case`
  if (entry.name !== undefined && entry.name !== name) return `holds the name "${entry.name}"; remove one of the two`
  return undefined
}

function checkCacheNames(entries: Entries, resolving: Resolving): void {
  const names = entries.map(([name]) => name)
  for (const [name, { cache_name: cacheName }] of entries) {
    if (cacheName === undefined || names.some((other) => same(other, cacheName))) continue
    resolving.complain(['plugins', name, 'cache_name'], noSuchCache(cacheName, names))
  }
}

function noSuchCache(cacheName: string, names: readonly string[]): string {
  const missing = `there is no connection "${cacheName}"`
  // The original always had a cache of this name in its own process.
  if (cacheName === 'lru') return `${missing}; the original's built-in one is a plugin here: add lru: { uri: "lru://" }`
  return `${missing}${suggest(cacheName, names) || '; add one of this name under plugins'}`
}

// Whoever may send statements may read every table: a list that hides one would promise what it cannot keep.
function checkStatements(entries: Entries, resolving: Resolving): void {
  for (const [name, { use_query: useQuery, exclude, allow, aggregates }] of entries) {
    if (!useQuery) continue
    const path = ['plugins', name]
    const lists = { exclude, allow }
    for (const [key, list] of Object.entries(lists)) {
      if (list.table.length + list.func.length > 0) resolving.complain([...path, key], withStatements)
    }
    if (!aggregates) resolving.complain([...path, 'aggregates'], withStatements)
  }
}

const withStatements =
  'cannot hold on a connection with use_query: statements name what they like; use an account of the database that may read no more than callers shall'

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function keysOfCaches(entries: Entries, keys: ReadonlySet<string>): ReadonlySet<string> {
  const used = entries.filter(([, entry]) => entry.enable_cache)
  return new Set(used.flatMap(([name, entry]) => cacheNameOf(name, entry, keys) ?? []))
}

/** Without cache_name it is the connection `<name>_cache`, if there is one. */
function cacheNameOf(name: string, entry: ParsedConnection, keys: ReadonlySet<string>): string | undefined {
  const usual = `${name.toLowerCase()}_cache`
  return entry.cache_name?.toLowerCase() ?? (keys.has(usual) ? usual : undefined)
}

function resolveConnection(
  name: string,
  entry: ParsedConnection,
  parsed: ParsedConfig,
  keys: ReadonlySet<string>,
  caches: ReadonlySet<string>,
  resolving: Resolving,
): ConnectionConfig {
  const path: Path = ['plugins', name]
  const cacheOnly = resolving.cacheOnly.has(name)
  return {
    name,
    uri: entry.uri,
    scheme: connectionScheme(entry.uri)!,
    path: entry.path === undefined ? undefined : resolving.absolute([...path, 'path'], entry.path),
    sha256: entry.sha256,
    reattach: resolving.reattached.get(name.toLowerCase()),
    tls: entry.tls,
    servesTables: !cacheOnly,
    servesCache: cacheOnly || caches.has(name.toLowerCase()),
    enableCache: entry.enable_cache,
    cacheName: cacheNameOf(name, entry, keys),
    cacheTtlMs: entry.cache_ttl,
    dbTxEnd: entry.db_tx_end,
    useQuery: entry.use_query,
    public: nameLists(entry.public),
    exclude: nameLists(entry.exclude),
    allow: nameLists(entry.allow),
    cacheInvalidationMap: new Map(Object.entries(entry.cache_invalidation_map)),
    env: entry.env,
    envPass: entry.env_pass,
    instances: entry.instances,
    limits: {
      timeoutMs: entry.limits.timeout,
      startTimeoutMs: entry.limits.start_timeout,
      inFlight: entry.limits.in_flight,
      queue: entry.limits.queue,
      waitMs: entry.limits.wait,
      streamTimeoutMs: entry.limits.stream,
    },
    defaultLimit: entry.default_limit ?? parsed.default_limit,
    maxLimit: entry.max_limit ?? parsed.max_limit,
    aggregates: entry.aggregates,
    title: entry.title,
  }
}

function nameLists(lists: { readonly table: readonly string[]; readonly func: readonly string[] }): NameLists {
  return { tables: lists.table, functions: lists.func }
}

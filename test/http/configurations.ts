import type { Claims } from '../support/token.js'

/** What a transcript names in its `@config` line. */
export interface Configuration {
  /** Files of test/http/schema that make the tables. */
  readonly schema: readonly string[]
  /** Claims of `{{token}}`. */
  readonly claims: Claims
  /** The configuration of the server, around connections to the test database, and one that keeps caches. */
  config(connection: (settings?: object) => object, cache?: object): object
}

const claims: Claims = { sub: 'testuser', scope: 'users-read users-write', role: 'admin', custom: 'test_value' }
const everything: Claims = { ...claims, scope: 'read write' }

/** Letters as in research/easyrest.md section 6; words where that has none. */
export const configurations: Readonly<Record<string, Configuration>> = {
  C0: {
    schema: ['users'],
    claims,
    config: (connection) => ({ check_scope: false, plugins: { t: connection() } }),
  },
  C1: {
    schema: ['users', 'orders'],
    claims,
    config: (connection) => ({ check_scope: true, plugins: { t: connection() } }),
  },
  /** `names` is a view of `users`, and the map says so; `bare` has no cache, `own` is its own, `off` has no ETags. */
  C2: {
    schema: ['etags'],
    claims,
    config: (connection, cache = connection()) => ({
      check_scope: false,
      cors: { enabled: true, origins: ['https://app.example.com'] },
      plugins: {
        t: connection({ enable_cache: true, cache_invalidation_map: { users: ['names'] } }),
        t_cache: cache,
        bare: connection({ enable_cache: true }),
        own: connection({ enable_cache: true, cache_name: 'own' }),
        off: connection(),
        limited: connection({ enable_cache: true, aggregates: false, default_limit: 1 }),
      },
    }),
  },
  /** `q` takes statements, `few` at most two rows of an answer; `t` has tables. */
  CQ: {
    schema: ['users'],
    claims: { ...claims, scope: 'read' },
    config: (connection) => ({
      plugins: {
        t: connection(),
        q: connection({ use_query: true }),
        few: connection({ use_query: true, max_limit: 2 }),
      },
    }),
  },
  C3: {
    schema: ['orders'],
    claims,
    config: (connection) => ({ check_scope: false, plugins: { o: connection() } }),
  },
  books: {
    schema: ['books'],
    claims: everything,
    config: (connection) => ({ plugins: { t: connection() } }),
  },
  functions: {
    schema: ['functions'],
    claims: everything,
    config: (connection) => ({ plugins: { t: connection() } }),
  },
  hostile: {
    schema: ['hostile'],
    claims: everything,
    config: (connection) => ({ plugins: { t: connection() } }),
  },
  numbers: {
    schema: ['numbers'],
    claims: everything,
    config: (connection) => ({ plugins: { t: connection() } }),
  },
  kinds: {
    schema: ['kinds'],
    claims: everything,
    config: (connection) => ({ plugins: { t: connection() } }),
  },
  limits: {
    schema: ['users'],
    claims,
    config: (connection) => ({
      check_scope: false,
      server: { max_body_size: '1KB', max_url_bytes: 2048 },
      plugins: { t: connection(), q: connection({ use_query: true }), capped: connection({ max_limit: 2 }) },
    }),
  },
  paging: {
    schema: ['users'],
    claims,
    config: (connection) => ({
      check_scope: false,
      default_limit: 3,
      plugins: { t: connection(), two: connection({ default_limit: 2 }) },
    }),
  },
  /** One connection per value of db_tx_end, all on the same data; `t` has the default. */
  transactions: {
    schema: ['users'],
    claims,
    config: (connection) => ({
      check_scope: false,
      plugins: {
        t: connection(),
        committing: connection({ db_tx_end: 'commit' }),
        overridable: connection({ db_tx_end: 'commit-allow-override' }),
        dry: connection({ db_tx_end: 'rollback' }),
        dry_overridable: connection({ db_tx_end: 'rollback-allow-override' }),
        Mixed: connection({ db_tx_end: 'rollback' }),
      },
    }),
  },
  anonymous: {
    schema: ['users', 'products'],
    claims,
    config: (connection) => ({
      check_scope: true,
      anon_claims: { scope: 'products-read' },
      plugins: { t: connection({ exclude: { table: ['hidden_users'] } }) },
    }),
  },
  /** The view user_names is one of users. `few` serves users alone; `open` has the public table products. */
  described: {
    schema: ['users', 'orders', 'products'],
    claims,
    config: (connection) => ({
      plugins: {
        t: connection({ title: 'The shop' }),
        few: connection({ allow: { table: ['Users', 'ORDERS'] }, exclude: { table: ['orders'] } }),
        open: connection({ public: { table: ['products'] } }),
      },
    }),
  },
  lists: {
    schema: ['users', 'orders', 'products'],
    claims: everything,
    config: (connection) => ({
      plugins: {
        t: connection({ allow: { table: ['users'] }, exclude: { table: ['orders'] } }),
        open: connection({ public: { table: ['products'] } }),
      },
    }),
  },
}

/** Settings of a connection that do not depend on the case. */
export function connectionTo(path: string, uri: string): (settings?: object) => object {
  return (settings = {}) => ({ uri, path, ...settings })
}

import { mysqlPlugin, postgresPlugin } from '../../support/repository-path.js'
import type { DatabaseServer, ServerOptions } from '../../support/servers/database-server.js'
import type { ServerKind } from '../../support/servers/server-kinds.js'
import { startMariadb } from '../../support/servers/start-mariadb.js'
import { startPostgres } from '../../support/servers/start-postgres.js'

/** What the tests of faults need to know of a database. */
export interface TestedDatabase {
  readonly kind: ServerKind
  plugin(): string
  start(options?: ServerOptions): Promise<DatabaseServer>
  /** Makes a function `nap(seconds)`, which answers 1 after that time. */
  readonly nap: string
  /** Makes a function `count_both(a, b)`: adds 1 to n of the two rows of `counters`, and takes its time in between. */
  readonly countBoth: string
  /**
   * Makes a function `whoami()`, which answers what it knows of its caller: connection|sub|tenant|timezone|role. `roles`
   * says whether the role is that of the token.
   */
  readonly whoami: string
  readonly hasRoles: boolean
  /** A timezone of a request as whoami() tells it. */
  timezone(name: string, offset: string): string
  /** Options of the connection's URI for a pool of this size that takes roles from the claim `role`. */
  pool(size: number): string
  /** Settings with which a commit is acknowledged before it is safe from a crash of the server. */
  readonly forgetful: Readonly<Record<string, string>>
  /** Brings what was committed to the disk all the same. */
  readonly flush: string
  /** Settings with which a deadlock is found at once. */
  readonly quick: Readonly<Record<string, string>>
  deadlocks(server: DatabaseServer): Promise<number>
  /** Connections of the databases' user. */
  connections(server: DatabaseServer): Promise<number>
  /** Statements of that user that run at the moment and take their time. */
  naps(server: DatabaseServer): Promise<number>
  /** Whether new sessions of the database may write. */
  setReadOnly(server: DatabaseServer, database: string, isReadOnly: boolean): Promise<unknown>
}

const numberIn = async (server: DatabaseServer, sql: string): Promise<number> =>
  Number(Object.values((await server.sql(sql))[0] ?? {}).at(-1))

const postgres: TestedDatabase = {
  kind: 'postgres',
  plugin: postgresPlugin,
  start: startPostgres,
  nap: `CREATE FUNCTION nap(seconds float8) RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(seconds); RETURN 1; END $$;`,
  countBoth: `CREATE FUNCTION count_both(a int, b int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    UPDATE counters SET n = n + 1 WHERE id = a;
    PERFORM pg_sleep(0.02);
    UPDATE counters SET n = n + 1 WHERE id = b;
    RETURN 1;
  END $$;`,
  whoami: `CREATE FUNCTION whoami() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('|', pg_backend_pid(), coalesce(current_setting('request.claims_sub', true), ''),
      coalesce(current_setting('request.claims_tenant', true), ''), current_setting('TimeZone'), current_user) $$;`,
  hasRoles: true,
  timezone: (name) => name,
  pool: (size) => `maxOpenConns=${size}&role_claim=role`,
  forgetful: { synchronous_commit: 'off', wal_writer_delay: '10000' },
  flush: 'CHECKPOINT',
  quick: { deadlock_timeout: '10' },
  deadlocks: (server) => numberIn(server, 'SELECT sum(deadlocks) FROM pg_stat_database'),
  connections: (server) => numberIn(server, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'easyrest'"),
  naps: (server) =>
    numberIn(
      server,
      "SELECT count(*) FROM pg_stat_activity WHERE usename = 'easyrest' AND wait_event = 'PgSleep' AND state = 'active'",
    ),
  setReadOnly: async (server, database, isReadOnly) => {
    await server.sql(`ALTER DATABASE ${database} SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`)
    await server.terminateConnections()
  },
}

const mariadb: TestedDatabase = {
  kind: 'mysql',
  plugin: mysqlPlugin,
  start: startMariadb,
  nap: 'CREATE FUNCTION nap(seconds DOUBLE) RETURNS INT RETURN SLEEP(seconds) + 1;',
  countBoth: `CREATE PROCEDURE count_both(a INT, b INT) BEGIN
    UPDATE counters SET n = n + 1 WHERE id = a;
    DO SLEEP(0.02);
    UPDATE counters SET n = n + 1 WHERE id = b;
  END;`,
  whoami: `CREATE FUNCTION whoami() RETURNS TEXT RETURN CONCAT_WS('|', CONNECTION_ID(), COALESCE(@request_claims_sub, ''),
    COALESCE(@request_claims_tenant, ''), @@session.time_zone, 'easyrest');`,
  hasRoles: false,
  timezone: (_name, offset) => offset,
  pool: (size) => `maxOpenConns=${size}`,
  forgetful: { 'innodb-flush-log-at-trx-commit': '0', 'innodb-flush-log-at-timeout': '1000' },
  flush: 'FLUSH ENGINE LOGS',
  quick: {},
  deadlocks: (server) => numberIn(server, "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'"),
  connections: (server) =>
    numberIn(server, "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'easyrest'"),
  naps: (server) =>
    numberIn(
      server,
      "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'easyrest' AND info LIKE '%nap%' AND command <> 'Sleep'",
    ),
  setReadOnly: (server, _database, isReadOnly) => server.sql(`SET GLOBAL read_only = ${isReadOnly ? 'ON' : 'OFF'}`),
}

export const testedDatabases: readonly TestedDatabase[] = [postgres, mariadb]

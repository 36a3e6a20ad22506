import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ManagedConnection } from '@easyrest/host'
import { forRun } from '@easyrest/protocol/testing'
import { fixtureProgram } from '../support/fixture-program.js'
import { openPlugin } from '../support/open-plugin.js'
import { mysqlPlugin, postgresPlugin } from '../support/repository-path.js'
import { startMariadb } from '../support/servers/start-mariadb.js'
import { startPostgres } from '../support/servers/start-postgres.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { checkRoundTrip, type RoundTripTable } from './round-trip.js'

const everyRun = forRun(500, 10_000)

const everyKind = {
  i: 'integer',
  d: 'decimal',
  r: 'double',
  t: 'text',
  b: 'bytes',
  yes: 'boolean',
  day: 'date',
  at: 'timestamp',
  doc: 'json',
} as const

const table: RoundTripTable = { table: 'kinds', key: 'id', columns: everyKind }

const check = async (
  t: TestContext,
  connection: ManagedConnection,
  described: RoundTripTable,
  runs = everyRun,
): Promise<void> => {
  const started = performance.now()
  const { written, refused } = await checkRoundTrip(connection, described, runs)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  t.diagnostic(`${described.table}, ${runs} runs: ${written} writes, ${refused} refused with bad_value; ${seconds} s`)
  assert.ok(written > runs, `only ${written} writes: the property proves little`)
  assert.ok(refused > 0, 'nothing was refused: no odd value was tried')
}

test('what is written to SQLite is read back equal, or refused', { timeout: 1_800_000 }, async (t) => {
  const directory = await temporaryDirectory()
  const { uri, close } = sqliteFile(
    directory.file('kinds.db'),
    `CREATE TABLE kinds (id INTEGER PRIMARY KEY, i BIGINT, d NUMERIC, r REAL, t TEXT, b BLOB, yes BOOLEAN, day DATE,
      at TIMESTAMP, doc JSON, s STRING, anything);
     CREATE TABLE strict_kinds (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, a ANY) STRICT`,
  )
  t.after(() => directory.remove())
  close()
  // Nobody cuts the power here, and waiting for the disk would take most of the time.
  const connection = await openPlugin(t, `${uri}?_pragma=synchronous(off)`)
  assert.ok(connection.can('stream'))
  const columns = { ...everyKind, anything: 'text' } as const
  await check(t, connection, { ...table, columns })
  const strict = { i: 'integer', r: 'double', t: 'text', b: 'bytes', a: 'text' } as const
  await check(t, connection, { table: 'strict_kinds', key: 'id', columns: strict })
})

test('what is written to MariaDB is read back equal, or refused', {
  timeout: 1_800_000,
  skip: whyNoServer('mysql'),
}, async (t) => {
  const server = await startMariadb()
  t.after(() => server.stop())
  const { uri } = await server.createDatabase(
    `CREATE TABLE kinds (id BIGINT PRIMARY KEY, i BIGINT, d DECIMAL(40, 10), r DOUBLE, t TEXT, b BLOB, yes BOOLEAN, day DATE,
      at TIMESTAMP(6) NULL, local_at DATETIME(6), doc JSON) COLLATE utf8mb4_bin`,
  )
  const connection = await openPlugin(t, uri, { path: mysqlPlugin() })
  assert.ok(connection.can('stream'))
  await check(
    t,
    connection,
    { ...table, columns: { ...everyKind, at: 'timestamp32', local_at: 'local_timestamp' } },
    forRun(150, 5000),
  )
})

test('what is written to PostgreSQL is read back equal, or refused', {
  skip: whyNoServer('postgres'),
  timeout: 1_800_000,
}, async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const { uri } = await server.createDatabase(
    `CREATE TABLE kinds (id integer PRIMARY KEY, i bigint, d numeric, r double precision, t text, b bytea, yes boolean,
      day date, at timestamptz, doc jsonb, exact json)`,
  )
  const connection = await openPlugin(t, uri, { path: postgresPlugin() })
  await check(t, connection, { ...table, columns: { ...everyKind, exact: 'json' } }, forRun(150, 10_000))
})

const losses: readonly [loss: string, problem: RegExp][] = [
  ['integers', /i was written as -?\d+ and read as/],
  ['doubles', /r was written as/],
  ['text', /t was written as/],
  ['bytes', /b was written as/],
  ['timestamps', /at was written as/],
  ['json', /doc was written as/],
  ['null', /was written as null and read as/],
  ['half', /expected 0 rows, got/],
  ['stream', /TableGetStream and TableGet differ/],
  ['update', /TableGet: \w+ was written as/],
  ['refusal', /expected these values to be taken/],
  ['reason', /refused with check/],
]

for (const [loss, problem] of losses) {
  test(`a plugin that loses something is caught (control): ${loss}`, async (t) => {
    const directory = await temporaryDirectory()
    t.after(() => directory.remove())
    const path = await fixtureProgram('lossy-plugin', directory)
    const connection = await openPlugin(t, 'lossy://', { path, env: { LOSS: loss } })
    await assert.rejects(checkRoundTrip(connection, table, 500), problem)
  })
}

test('the same plugin passes when it loses nothing', async (t) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const path = await fixtureProgram('lossy-plugin', directory)
  const connection = await openPlugin(t, 'lossy://', { path, env: { LOSS: 'nothing' } })
  await checkRoundTrip(connection, table, 500)
})

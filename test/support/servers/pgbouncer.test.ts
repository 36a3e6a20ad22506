import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { startPgbouncer } from './start-pgbouncer.js'
import { startPostgres } from './start-postgres.js'
import { whyNoFaults, whyNoServer } from './why-no-server.js'

test('PgBouncer gives a connection to each transaction', {
  skip: whyNoFaults('postgres') || whyNoServer('pgbouncer'),
}, async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const pgbouncer = await startPgbouncer(server, { default_pool_size: '1' })
  t.after(() => pgbouncer.stop())
  const uri = pgbouncer.uriOf(await server.createDatabase())
  const clients = [new Client(uri), new Client(uri)]
  await Promise.all(clients.map((client) => client.connect()))
  const pids = await Promise.all(clients.map((client) => client.query('SELECT pg_backend_pid() AS pid')))
  await Promise.all(clients.map((client) => client.end()))
  assert.equal(pids[0]!.rows[0].pid, pids[1]!.rows[0].pid)
})

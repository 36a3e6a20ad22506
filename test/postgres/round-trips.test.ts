import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { CountingProxy } from './counting-proxy.js'
import { contextWith, OnPostgres, type PluginClient } from './on-postgres.js'

const where = { kind: 'comparison', column: 'id', operator: 'eq', operands: ['1'] } as const

const context = contextWith(
  { userId: 'alice', timezone: 'Europe/Berlin' },
  { headers: { accept: '*/*', 'x-a': 'b' }, claims: { sub: 'alice', role: 'user' }, prefer: { tx: 'commit' } },
)

describe('Network round trips of PostgreSQL', { skip: whyNoServer('postgres') }, () => {
  const postgres = new OnPostgres()
  let proxy: CountingProxy
  let client: PluginClient
  let uri: string

  before(async () => {
    const { host, port } = postgres.server.address
    proxy = await CountingProxy.open(host, port)
    const database = await postgres.server.createDatabase(
      `CREATE TABLE books (id integer PRIMARY KEY, title text, price numeric(8, 2), at timestamptz DEFAULT now());
       INSERT INTO books SELECT n, 'title ' || n, n FROM generate_series(1, 1000) AS n;
       CREATE FUNCTION titles (few integer) RETURNS SETOF text LANGUAGE sql AS 'SELECT title FROM books LIMIT few'`,
    )
    uri = database.uri.replace(`:${port}/`, `:${proxy.port}/`)
    client = await postgres.connect(`${uri}?sslmode=disable&maxOpenConns=1`, database.sql)
    await client.rows('books', { page: { limit: 1, offset: 0 } })
  })
  after(() => proxy?.close())

  const calls: readonly (readonly [name: string, trips: number, call: () => Promise<unknown>])[] = [
    ['a point read', 1, () => client.rows('books', { context, where })],
    ['25 rows with an order', 1, () => client.rows('books', { context, page: { limit: 25, offset: 5 } })],
    ['rows with their number', 1, () => client.rows('books', { context, where, count: 'exact' })],
    ['a function that reads', 1, () => client.call('titles', '{"few":3}', { context: { ...context, readOnly: true } })],
    ['a change', 2, () => client.update('books', '{"title":"new"}', { context, where })],
    [
      'a change of rows as they were read',
      2,
      () => client.update('books', '{"price":2}', { context, where, ifMatch: ['*'] }),
    ],
    [
      'a thousand new rows',
      2,
      () => client.create('books', thousandRows, { context, conflict: merge, rowCount: 1000 }),
    ],
    [
      'a dry run',
      2,
      () => client.update('books', '{"title":"x"}', { context: { ...context, txEnd: 'rollback' }, where }),
    ],
  ]
  for (const [name, trips, call] of calls) {
    it(`${name}: ${trips}`, async () => {
      // The first time statements are prepared, which goes along, and the function is looked up, which does not.
      await call()
      const before = proxy.roundTrips
      await call()
      assert.equal(proxy.roundTrips - before, trips)
    })
  }

  it('a read that takes longer than the table is trusted compares it in the same trip', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const before = proxy.roundTrips
    await client.rows('books', { context, where })
    assert.equal(proxy.roundTrips - before, 1)
  })

  it('the proxy counts what a client that waits for each statement pays (control)', async () => {
    const plain = new Client(uri)
    await plain.connect()
    const before = proxy.roundTrips
    for (const text of ['BEGIN', `SELECT set_config('a.b', 'c', true)`, 'SELECT 1', 'COMMIT']) await plain.query(text)
    assert.equal(proxy.roundTrips - before, 4)
    await plain.end()
  })
})

const merge = { target: [], action: 'merge', keep: [] } as const

const thousandRows = `[${Array.from({ length: 1000 }, (_, n) => `{"id":${n},"title":"t${n}"}`).join(',')}]`

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PluginError } from '@easyrest/protocol'
import { forRun } from '@easyrest/protocol/testing'
import { whyNoFaults } from '../support/servers/why-no-server.js'
import { until } from '../support/until.js'
import { OnPostgres, type PluginClient } from './on-postgres.js'

const schema = `
CREATE TABLE events (id integer PRIMARY KEY, worker integer);
CREATE TABLE pairs (id integer PRIMARY KEY, n integer DEFAULT 0); INSERT INTO pairs VALUES (1), (2);
CREATE VIEW slow AS SELECT n AS id, pg_sleep(0.01) IS NULL AS slept FROM generate_series(1, 100000) AS n;
CREATE FUNCTION cross_over (first integer, second integer) RETURNS void LANGUAGE plpgsql AS
  'BEGIN UPDATE pairs SET n = n + 1 WHERE id = first; PERFORM pg_sleep(0.05); UPDATE pairs SET n = n + 1 WHERE id = second; END';
`

const where = (id: number) => ({ kind: 'comparison', column: 'id', operator: 'eq', operands: [String(id)] }) as const

const reasonOf = (error: unknown): string => (error instanceof PluginError ? error.reason : String(error))

describe('Faults of PostgreSQL', { skip: whyNoFaults('postgres') }, () => {
  const postgres = new OnPostgres()
  let client: PluginClient

  before(async () => {
    client = await postgres.open(schema, '?maxOpenConns=4')
  })

  /** Inserts one row after the other until it is told to stop; answers the ids that were acknowledged. */
  const keepWriting = async (worker: number, goesOn: () => boolean) => {
    const acknowledged: number[] = []
    const failures = new Set<string>()
    for (let n = 0; goesOn(); n++) {
      const id = worker * 1_000_000 + n
      try {
        await client.create('events', `[{"id":${id},"worker":${worker}}]`, { returning: 'none' })
        acknowledged.push(id)
      } catch (error) {
        failures.add(reasonOf(error))
        await sleep(10)
      }
    }
    return { acknowledged, failures }
  }

  it('no acknowledged write is lost when the server is restarted or killed under load', async () => {
    let running = true
    const workers = [1, 2, 3, 4, 5, 6].map((worker) => keepWriting(worker, () => running))
    for (const round of Array.from({ length: forRun(1, 10) }).keys()) {
      await sleep(200)
      if (round % 2 === 0) await postgres.server.process!.kill()
      else await postgres.server.process!.stop()
      await postgres.server.process!.start()
      await until(
        () =>
          client
            .rows('events', { where: where(-1) })
            .then(() => true)
            .catch(() => false),
        {
          what: 'the first answer after the restart',
          timeoutMs: 15_000,
          intervalMs: 10,
        },
      )
    }
    await sleep(200)
    running = false
    const results = await Promise.all(workers)
    const stored = new Set((await client.sql('SELECT id FROM events')).map(({ id }) => id))
    const acknowledged = results.flatMap((result) => result.acknowledged)
    assert.ok(acknowledged.length > 0)
    assert.deepEqual(
      acknowledged.filter((id) => !stored.has(id)),
      [],
    )
    // Not done, or (internal) not known whether it was done; never an error of the request.
    const failures = new Set(results.flatMap((result) => [...result.failures]))
    for (const reason of failures) assert.match(reason, /^(unavailable|internal)$/)
  })

  it('a lost row would be noticed (control)', async () => {
    const { acknowledged } = await keepWriting(9, () => true && acknowledgedOnce())
    await client.sql('DELETE FROM events WHERE worker = 9')
    const stored = await client.sql('SELECT id FROM events WHERE worker = 9')
    assert.ok(acknowledged.length > stored.length)
  })

  it('connections that the server ends between two calls are not noticed by the next', async () => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 4 }, () => client.rows('pairs')))
      await postgres.server.terminateConnections()
      await Promise.all(Array.from({ length: 8 }, () => client.rows('pairs')))
      assert.equal(await client.update('pairs', '{"n":0}', { where: where(1) }), 1)
    }
  })

  it('reads that are under way when all connections are ended are carried out on others', async () => {
    const reads = Array.from({ length: 3 }, () => client.rows('slow', { page: { limit: 30, offset: 0 } }))
    await sleep(150)
    await postgres.server.terminateConnections()
    for (const rows of await Promise.all(reads)) assert.equal(JSON.parse(rows).length, 30)
  })

  it('a server that hangs is a timeout at the deadline, and forgotten when it is back', async () => {
    const impatient = await postgres.connect(client.uri, client.sql, { timeoutMs: 1000 })
    await impatient.rows('pairs')
    postgres.server.process!.pause()
    try {
      const started = performance.now()
      await assert.rejects(impatient.rows('pairs'), (error) => /timeout/.test(reasonOf(error)) || isTimeout(error))
      assert.ok(performance.now() - started < 5000)
    } finally {
      postgres.server.process!.resume()
    }
    await until(
      () =>
        impatient
          .rows('pairs')
          .then(() => true)
          .catch(() => false),
      { what: 'an answer after the hang' },
    )
  })

  it('a call that finds no free connection is unavailable, and the pool recovers', async () => {
    const narrow = await postgres.connect(`${client.uri.split('?')[0]}?maxOpenConns=2&pool_timeout=300ms`, client.sql)
    const slow = Array.from({ length: 2 }, () => narrow.rows('slow', { page: { limit: 150, offset: 0 } }))
    await sleep(200)
    await assert.rejects(narrow.rows('pairs'), { reason: 'unavailable', retryAfterMs: 1000 })
    await Promise.all(slow)
    assert.match(await narrow.rows('pairs'), /^\[\{"id":/)
  })

  it('a storm of duplicates: one is written, all others are unique', async () => {
    const tries = Array.from({ length: 40 }, () =>
      client.create('events', '[{"id":77,"worker":0}]').then(
        () => 'written',
        (error) => `${reasonOf(error)} ${(error as PluginError).details.constraint}`,
      ),
    )
    const outcomes = (await Promise.all(tries)).sort()
    assert.deepEqual(new Set(outcomes), new Set(['unique events_pkey', 'written']))
    assert.equal(outcomes.filter((outcome) => outcome === 'written').length, 1)
  })

  it('a storm of deadlocks: conflict, and nothing hangs', async () => {
    const crossing = Array.from({ length: 8 }, (_, n) =>
      client
        .call('cross_over', n % 2 === 0 ? '{"first":1,"second":2}' : '{"first":2,"second":1}')
        .then(() => 'done', reasonOf),
    )
    const outcomes = new Set(await Promise.all(crossing))
    assert.ok(outcomes.has('done'))
    for (const outcome of outcomes) assert.match(outcome, /^(done|conflict)$/)
  })

  it('a table that is changed is served as it is now', async () => {
    await client.sql(
      'CREATE TABLE changing (id integer PRIMARY KEY, a integer, b text); INSERT INTO changing VALUES (1, 2, $$x$$)',
    )
    assert.equal(await client.rows('changing'), '[{"id":1,"a":2,"b":"x"}]')
    await client.sql('ALTER TABLE changing DROP COLUMN b')
    assert.equal(await client.rows('changing'), '[{"id":1,"a":2}]')
    await client.sql('ALTER TABLE changing ALTER COLUMN a TYPE text USING a || $$!$$')
    assert.equal(
      await client.rows('changing', { where: { ...where(1), column: 'a', operands: ['2!'] } }),
      '[{"id":1,"a":"2!"}]',
    )
    await client.sql('ALTER TABLE changing ADD COLUMN c integer DEFAULT 5')
    const select = [{ kind: 'column', alias: 'c', column: 'c', cast: '' }] as const
    assert.equal(await client.rows('changing', { select }), '[{"c":5}]')
    await client.sql('ALTER TABLE changing ADD COLUMN d bytea DEFAULT $$x$$')
    await until(async () => (await client.rows('changing')) === '[{"id":1,"a":"2!","c":5,"d":"eA=="}]', {
      what: 'the new column among all columns',
    })
    await client.sql('DROP TABLE changing')
    await assert.rejects(client.rows('changing'), { reason: 'unknown_table' })
  })

  it('a connection to a server that takes no writes any more is not used again where writes are wanted', async () => {
    const uri = client.uri.replace(/\?.*/, '?target_session_attrs=read-write')
    const picky = await postgres.connect(uri, client.sql)
    const write = (id: number) => picky.create('pairs', `[{"id":${id}}]`).then(() => 'done', reasonOf)
    const setReadOnly = async (value: string) => {
      await postgres.server.sql(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
      await postgres.server.sql('SELECT pg_reload_conf()')
    }
    assert.equal(await write(100), 'done')
    await setReadOnly('on')
    try {
      await until(async () => (await write(101)) === 'permission', { what: 'the server to take no writes' })
      assert.equal(await write(101), 'unavailable', 'the only server there is does not suit')
      const anyServer = () => client.create('pairs', '[{"id":102}]').then(() => 'done', reasonOf)
      assert.deepEqual([await anyServer(), await anyServer()], ['permission', 'permission'], 'control: it is kept')
    } finally {
      await setReadOnly('off')
    }
    await until(async () => (await write(103)) === 'done', { what: 'the server to take writes' })
  })
})

const isTimeout = (error: unknown): boolean => error instanceof Error && 'kind' in error && error.kind === 'timeout'

let asked = 0
const acknowledgedOnce = (): boolean => asked++ < 3

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { tableGetRequest } from '@easyrest/protocol'
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { until } from '../support/until.js'
import { contextWith, OnMysql, type PluginClient } from './on-mysql.js'

const schema = `
  CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(100), owner VARCHAR(100), tenant VARCHAR(100));
  CREATE TRIGGER stamp BEFORE INSERT ON notes FOR EACH ROW
    SET NEW.owner = @erctx_claims_sub, NEW.tenant = @request_claims_tenant;
  CREATE FUNCTION caller() RETURNS TEXT RETURN COALESCE(@erctx_claims_sub, 'nobody');
  CREATE VIEW callers AS SELECT caller() AS name;
  CREATE TABLE plain (id INT PRIMARY KEY, v INT);
  INSERT INTO plain VALUES (1, 10)`

/** The context of a user; of nobody without a name. */
const contextOf = (sub?: string, more: object = {}) =>
  contextWith({ userId: sub ?? '' }, { claims: sub === undefined ? more : { sub, tenant: `of ${sub}`, ...more } })

describe('Sessions of MariaDB', { skip: whyNoServer('mysql') }, () => {
  const mysql = new OnMysql()
  let client: PluginClient
  before(async () => {
    client = await mysql.open(schema, '?maxOpenConns=1')
  })

  const ask = async (statement: string, context = contextOf()): Promise<string> => {
    const { rows } = await client.db.query({ context, statement, maxRows: 0, maxReplyBytes: 0 })
    return Buffer.from(rows).toString('utf8')
  }

  it('callers that take turns on one connection see their own claims, and nobody sees any', async () => {
    const users = ['alice', 'bob', undefined]
    const turns = Array.from({ length: 60 }, (_, turn) => users[(turn * 7) % 3])
    const answers = turns.map(async (user, turn) => {
      const context = contextOf(user)
      if (turn % 2 === 0) return client.rows('callers', { context })
      const row = await client.create('notes', '[{"text":"x"}]', { context, select: [owner] })
      return row.replace('owner', 'name').replace('null', '"nobody"')
    })
    const expected = turns.map((user) => `[{"name":"${user ?? 'nobody'}"}]`)
    assert.deepEqual(await Promise.all(answers), expected)
  })

  it('would show them if variables stayed: a connection keeps what it is told (control)', async () => {
    const kept = await client.sql("SET @erctx_claims_sub = 'alice'; SELECT caller() AS name")
    assert.deepEqual(kept, [{ name: 'alice' }])
  })

  it('variables that only code of the database mentions are set too', async () => {
    const context = contextOf('carol')
    const select = [{ kind: 'column', alias: 'tenant', column: 'tenant', cast: '' }] as const
    assert.equal(await client.create('notes', '[{"text":"x"}]', { context, select }), '[{"tenant":"of carol"}]')
  })

  it('what a statement or a routine leaves in its session is gone', async () => {
    assert.equal(await ask('SELECT @mine := 5 AS v'), '[{"v":5}]')
    assert.equal(await ask('SELECT @mine AS v'), '[{"v":null}]')
    assert.equal(await ask("SELECT GET_LOCK('mine', 0) AS v"), '[{"v":1}]')
    assert.equal(await ask("SELECT IS_FREE_LOCK('mine') AS v"), '[{"v":1}]')
    assert.equal(await ask('SELECT @erctx_claims_sub AS v', contextOf('dave')), '[{"v":"dave"}]')
    assert.equal(await ask('SELECT @erctx_claims_sub AS v'), '[{"v":null}]')
  })

  it('a time limit of the database counts where it is shorter than that of the call', async (t) => {
    t.after(() => mysql.server.sql('SET GLOBAL max_statement_time = 0'))
    const limitUnder = async (seconds: number): Promise<string> => {
      await mysql.server.sql(`SET GLOBAL max_statement_time = ${seconds}`)
      const limited = await mysql.connect(client.uri, client.sql)
      const statement = 'SELECT @@max_statement_time AS v'
      const { rows } = await limited.db.query({ context: contextOf(), statement, maxRows: 0, maxReplyBytes: 0 })
      return Buffer.from(rows).toString('utf8')
    }
    assert.equal(await limitUnder(1.5), '[{"v":1.5}]')
    assert.equal(await limitUnder(86_400), '[{"v":60}]')
    assert.equal(await limitUnder(0), '[{"v":60}]')
  })

  it('the clock of the session is that of the request, without zone tables', async () => {
    const offset = 'SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()) AS minutes'
    const minutes = async (timezone: string) => ask(offset, contextWith({ timezone }))
    assert.equal(await minutes('+05:30'), '[{"minutes":330}]')
    assert.equal(await minutes('-09:00'), '[{"minutes":-540}]')
    assert.match(await minutes('Asia/Tokyo'), /540/)
    assert.equal(await minutes('Pacific/Kiritimati'), '[{"minutes":0}]')
    assert.equal(await minutes('UTC'), '[{"minutes":0}]')
  })

  it('a stream that nobody reads keeps no call waiting', async () => {
    await client.sql('CREATE TABLE large (id INT PRIMARY KEY, t TEXT)')
    await client.sql("INSERT INTO large SELECT seq, REPEAT('x', 1000) FROM seq_1_to_20000")
    const stream = client.db.tableGetStream(tableGetRequest('large', { context: contextOf() }))[Symbol.asyncIterator]()
    let rows = (await stream.next()).value!.rowCount
    // The pool has one connection.
    assert.equal(await client.rows('plain'), '[{"id":1,"v":10}]')
    for (let next = await stream.next(); !next.done; next = await stream.next()) rows += next.value.rowCount
    assert.equal(rows, 20_000)
  })

  it('names of a request never become SQL', async () => {
    const record = await mysql.server.recordStatements()
    const hostile = {
      "x'; DROP TABLE plain; --": 'a',
      'https://canary.example/roles': 'b',
      '`canary': { '@canary': [1] },
    }
    await client.create('notes', '[{"text":"x"}]', { context: contextOf('eve', hostile) })
    const context = contextWith({}, { headers: { 'x-canary+`': '1' }, prefer: { canary: 'x' }, canary: { deep: 1 } })
    await client.rows('callers', { context })
    const statements = await record.read()
    assert.ok(
      statements.some((text) => text.includes('@erctx_claims_sub')),
      'control: the context was set',
    )
    assert.deepEqual(
      statements.filter((text) => /canary|DROP/i.test(text)),
      [],
    )
    assert.equal(await client.rows('plain'), '[{"id":1,"v":10}]')
  })

  it('a read of a table is one round trip; a write three, and one behind its answer that clears the context', async (t) => {
    const proxy = await startCountingProxy(mysql.server.address.port)
    t.after(() => proxy.close())
    const uri = client.uri.replace(/:\d+\//, `:${proxy.port}/`)
    const counted = await mysql.connect(uri, client.sql)
    const trips = async (work: () => Promise<unknown>): Promise<number> => {
      // At first tables are looked at and statements prepared; what is known of a table is looked at again each second.
      return until(() => least(work, proxy), { what: 'two calls that take the same' })
    }
    assert.equal(await trips(() => counted.rows('plain')), 1)
    assert.equal(await trips(() => counted.update('plain', '{"v":11}', { where: byKey })), 4)
    const count = () => counted.db.tableGet(tableGetRequest('plain', { context: contextOf(), count: 'exact' }))
    assert.equal(await trips(count), 5)
  })
})

const owner = { kind: 'column', alias: 'owner', column: 'owner', cast: '' } as const
const byKey = { kind: 'comparison', column: 'id', operator: 'eq', operands: ['1'] } as const

/** Round trips of a call; undefined when the next one takes another number. */
const least = async (work: () => Promise<unknown>, proxy: CountingProxy): Promise<number | undefined> => {
  const once = async (): Promise<number> => {
    proxy.takeRoundTrips()
    await work()
    await sleep(50)
    return proxy.takeRoundTrips()
  }
  const [first, second] = [await once(), await once()]
  return first === second ? first : undefined
}

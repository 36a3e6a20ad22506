import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Operator } from '@easyrest/protocol'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { tryValueCases } from '../support/value-cases.js'
import { contextWith, OnMysql, type PluginClient } from './on-mysql.js'
import { valueCases } from './value-cases.js'

describe('Values of MariaDB', { skip: whyNoServer('mysql') }, () => {
  // Databases hold what servers without strict mode have stored.
  const mysql = new OnMysql({ settings: { 'sql-mode': '', 'default-time-zone': '+00:00' } })
  let client: PluginClient
  before(async () => {
    const tables = valueCases.map(({ type }, index) => `CREATE TABLE t${index} (v ${type}) CHARACTER SET utf8mb4`)
    client = await mysql.open(tables.join('; '))
  })

  tryValueCases(() => client, valueCases, 'mysql')

  it('text that a view computes is compared as its collation says', async () => {
    await client.sql(`SET NAMES utf8mb4 COLLATE utf8mb4_general_ci; CREATE TABLE sized (n INT PRIMARY KEY, t TEXT);
      INSERT INTO sized VALUES (1, 'a'), (2, 'b');
      CREATE FUNCTION word(n INT) RETURNS VARCHAR(10) CHARSET utf8mb4 COLLATE utf8mb4_general_ci RETURN IF(n = 1, 'one', 'more');
      CREATE VIEW sizes AS SELECT n, t, word(n) AS w, CASE WHEN n > 1 THEN 'big' ELSE 'small' END AS s,
        'x' COLLATE utf8mb4_bin AS b, _latin1 X'E9' AS l FROM sized`)
    const found = (column: string, operator: Operator, ...operands: string[]) =>
      client.rows('sizes', {
        where: { kind: 'comparison', column, operator, operands },
        select: [{ kind: 'column', alias: 'n', column: 'n', cast: '' }],
      })
    assert.equal(await found('s', 'eq', 'BIG'), '[{"n":2}]')
    assert.equal(await found('s', 'in', 'big', 'none'), '[{"n":2}]')
    assert.equal(await found('s', 'between', 'a', 'c'), '[{"n":2}]')
    assert.equal(await found('w', 'neq', 'one'), '[{"n":2}]')
    assert.equal(await found('w', 'isdistinct', 'more'), '[{"n":1}]')
    assert.equal(await found('t', 'gt', 'a'), '[{"n":2}]')
    assert.equal(await found('b', 'eq', 'X'), '[]')
    assert.equal(await found('l', 'eq', 'é'), '[{"n":1},{"n":2}]')
  })

  it('a text of a URL that is no value of its column is refused', async () => {
    await client.sql(`CREATE TABLE forms (n INT PRIMARY KEY, u UUID, a INET6, b INET4, y YEAR);
      INSERT INTO forms VALUES (1, '550e8400-e29b-41d4-a716-446655440000', '::1', '10.0.0.1', 2024)`)
    const found = (column: string, operator: Operator, ...operands: string[]) =>
      client.rows('forms', {
        where: { kind: 'comparison', column, operator, operands },
        select: [{ kind: 'column', alias: 'n', column: 'n', cast: '' }],
      })
    for (const [column, right, wrong, expected] of [
      ['u', '550E8400E29B41D4A716446655440000', '550e8400', 'a UUID'],
      ['a', '0:0::1', '10.0.0.1', 'an IPv6 address'],
      ['a', '0:0::1', '::1%eth0', 'an IPv6 address'],
      ['b', '10.0.0.1', '::1', 'an IPv4 address'],
      ['y', '2024', '24', 'a year'],
    ] as const) {
      assert.equal(await found(column, 'eq', right), '[{"n":1}]', column)
      assert.equal(await found(column, 'in', right), '[{"n":1}]', column)
      const refusal = { reason: 'bad_value', message: new RegExp(`^${column} takes ${expected}`) }
      await assert.rejects(found(column, 'eq', wrong), refusal)
      await assert.rejects(found(column, 'in', right, wrong), refusal)
    }
    assert.equal(await found('u', 'like', '550e%'), '[{"n":1}]')
  })

  it('aggregates of bit fields are numbers as the fields are', async () => {
    await client.sql(`CREATE TABLE bits (b1 BIT(1), b8 BIT(8), b64 BIT(64));
      INSERT INTO bits VALUES (b'1', 200, 18446744073709551615), (b'0', 7, 0), (NULL, NULL, NULL)`)
    const of = (alias: string, name: 'min' | 'max' | 'sum', column: string) =>
      ({ kind: 'aggregate', alias, function: name, column, distinct: false, cast: '' }) as const
    const select = [of('a', 'max', 'b1'), of('b', 'min', 'b1'), of('c', 'max', 'b8'), of('d', 'max', 'b64')]
    assert.equal(await client.rows('bits', { select }), '[{"a":true,"b":false,"c":200,"d":18446744073709551615}]')
    assert.equal(await client.rows('bits', { select: [of('s', 'sum', 'b8')] }), '[{"s":207}]')
    const statement = 'SELECT max(b8) AS m, coalesce(b1, 0) AS c, min(b64) AS z FROM bits WHERE b1 = 1'
    const { rows } = await client.db.query({ context: contextWith(), statement, maxRows: 0, maxReplyBytes: 0 })
    assert.equal(Buffer.from(rows).toString('utf8'), '[{"m":200,"c":1,"z":18446744073709551615}]')
  })

  it('ten thousand rows are one call', async () => {
    await client.sql('CREATE TABLE many (n INT PRIMARY KEY, t TEXT)')
    const rows = Array.from({ length: 10_000 }, (_, n) => `{"n":${n},"t":"row ${n}"}`)
    const answer = await client.create('many', `[${rows.join(',')}]`, { rowCount: 10_000 })
    assert.ok(answer.length > 100_000)
    assert.equal((await client.sql('SELECT count(*) AS n FROM many'))[0]?.n, 10_000)
  })
})

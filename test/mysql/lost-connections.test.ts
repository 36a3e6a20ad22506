import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { tableGetRequest } from '@easyrest/protocol'
import { type ForgetfulProxy, startForgetfulProxy } from '../support/forgetful-proxy.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { contextWith, OnMysql, type PluginClient } from './on-mysql.js'

const schema = `
  CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(100));
  CREATE TRIGGER stamp BEFORE INSERT ON notes FOR EACH ROW SET NEW.text = CONCAT(NEW.text, '!');
  CREATE VIEW seen AS SELECT COUNT(*) AS n FROM notes WHERE text = 'old';
  CREATE PROCEDURE refuse(number INT) SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = number, MESSAGE_TEXT = 'secret';
  CREATE FUNCTION one() RETURNS INT RETURN 1;
  CREATE TABLE plain (id INT PRIMARY KEY, v INT);
  INSERT INTO plain VALUES (1, 10)`

const connections = 12

describe('Connections of the pool that were lost without a word', { skip: whyNoServer('mysql') }, () => {
  const mysql = new OnMysql()
  let proxy: ForgetfulProxy
  let client: PluginClient
  before(async () => {
    proxy = await startForgetfulProxy(mysql.server.address.port)
    const { uri, sql } = await mysql.open(schema)
    client = await mysql.connect(uri.replace(/:\d+\//, `:${proxy.port}/`), sql)
  })
  after(() => proxy?.close())

  const drain = async (): Promise<number> => {
    let rows = 0
    for await (const chunk of client.db.tableGetStream(tableGetRequest('plain', { context: contextWith() }))) {
      rows += chunk.rowCount
    }
    return rows
  }

  const calls: readonly (readonly [name: string, call: () => Promise<unknown>, answer: unknown])[] = [
    ['a read of a table', () => client.rows('plain'), '[{"id":1,"v":10}]'],
    ['a read of a view', () => client.rows('seen'), '[{"n":0}]'],
    ['a write', () => client.update('plain', '{"v":10}'), 1],
    ['a function', () => client.call('one', '{}'), '1'],
    ['a stream', drain, 1],
  ]
  for (const [name, call, answer] of calls) {
    it(`are not noticed by ${name}`, async () => {
      assert.equal(await call(), answer)
      await Promise.all(Array.from({ length: connections }, () => client.call('one', '{}')))
      assert.ok(proxy.forget() >= 2)
      assert.equal(await call(), answer)
    })
  }

  it('are not what a routine that raises a small number means', async () => {
    for (const number of [500, 1062, 30_001]) {
      await assert.rejects(client.call('refuse', `{"number":${number}}`), { reason: 'check' }, String(number))
    }
  })

  it('are not noticed by the look for the variables that code of the database mentions', async () => {
    await sleep(10_100)
    assert.ok(proxy.forget() >= 1)
    assert.equal(await client.create('notes', '[{"text":"x"}]'), '[{"id":1,"text":"x!"}]')
  })
})

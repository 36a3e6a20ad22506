import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { BatchOperation, Conflict, PluginError, TableDeleteRequest } from '@easyrest/protocol'
import { fixtureProgram } from '../support/fixture-program.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { contextWith, OnMysql, type PluginClient } from './on-mysql.js'

const tables = `
  CREATE TABLE codes (id INT PRIMARY KEY AUTO_INCREMENT, code VARCHAR(10) UNIQUE, v INT, checked INT CHECK (checked > 0));
  CREATE TABLE pairs (a INT, b VARCHAR(10), v INT DEFAULT 7, PRIMARY KEY (a, b)) COLLATE utf8mb4_bin;
  CREATE TABLE keyless (v INT)`

const on = (action: Conflict['action'], target: string[] = [], keep: string[] = []) => ({
  conflict: { action, target, keep },
})

const idIs = (id: number) => ({ kind: 'comparison', column: 'id', operator: 'eq', operands: [String(id)] }) as const

/** The reason of a refusal and what it names; the server's words are for the log. */
const refusal = async (asked: Promise<unknown>): Promise<[string, object]> => {
  const { reason, details } = (await asked.then(
    () => assert.fail('it was not refused'),
    (error) => error,
  )) as PluginError
  const { log: _, ...named } = details
  return [reason, named]
}

for (const hasReturning of [true, false]) {
  describe(`Writes to MariaDB, ${hasReturning ? 'which returns rows' : 'taken for a server that does not'}`, {
    skip: whyNoServer('mysql'),
  }, () => {
    const mysql = new OnMysql()
    let client: PluginClient
    let directory: TemporaryDirectory
    before(async () => {
      directory = await temporaryDirectory()
      const database = await mysql.server.createDatabase(tables)
      const path = hasReturning ? undefined : await fixtureProgram('mysql-without-returning', directory)
      client = await mysql.connect(database.uri, database.sql, path === undefined ? {} : { path })
    })
    after(() => directory?.remove())

    const fill = () => client.sql("DELETE FROM codes; INSERT INTO codes (id, code, v) VALUES (1, 'a', 1), (2, 'b', 2)")
    const codes = () => client.rows('codes', { select: columns('id', 'code', 'v'), ordering: [byId] })

    it('new rows are answered with their generated keys and defaults', async () => {
      await fill()
      await client.sql('ALTER TABLE codes AUTO_INCREMENT = 10')
      const answer = await client.create('codes', '[{"code":"x"},{"code":"y"}]', { select: columns('id', 'v') })
      assert.equal(answer, '[{"id":10,"v":null},{"id":11,"v":null}]')
      assert.equal(await client.create('pairs', '[{"a":1,"b":"x"}]'), '[{"a":1,"b":"x","v":7}]')
    })

    it('a conflict overwrites by the named key only; another key is unique', async () => {
      await fill()
      await client.create('codes', '[{"id":1,"v":10},{"id":3,"v":30}]', on('merge'))
      await client.create('codes', '[{"code":"b","v":20}]', on('merge', ['code']))
      assert.deepEqual(JSON.parse(await codes()), [
        { id: 1, code: 'a', v: 10 },
        { id: 2, code: 'b', v: 20 },
        { id: 3, code: null, v: 30 },
      ])
      for (const action of ['merge', 'ignore'] as const) {
        const asked = client.create('codes', '[{"id":4,"v":4},{"id":9,"code":"a"}]', on(action))
        assert.deepEqual(await refusal(asked), ['unique', { constraint: 'code' }])
      }
      assert.deepEqual(await client.sql('SELECT count(*) AS n FROM codes'), [{ n: 3 }], 'all rows or none')
    })

    it('ignoring hides duplicates of the key, and no other failure', async () => {
      await fill()
      const ignored = await client.create('codes', '[{"id":1,"v":99},{"id":5,"v":5}]', {
        ...on('ignore'),
        select: columns('id'),
      })
      assert.equal(ignored, '[{"id":5}]')
      for (const [row, reason] of [
        ['{"id":6,"checked":-1}', 'check'],
        ['{"id":6,"v":99999999999}', 'bad_value'],
        ['{"id":6,"code":"12345678901"}', 'bad_value'],
      ] as const) {
        assert.equal((await refusal(client.create('codes', `[${row}]`, on('ignore'))))[0], reason)
      }
    })

    it('a key of two columns, many rows at once, and the same row twice', async () => {
      await client.sql('DELETE FROM pairs; INSERT INTO pairs VALUES (1, "x", 1)')
      const rows = '[{"a":1,"b":"x","v":2},{"a":1,"b":"X","v":3},{"a":1,"b":"X","v":4}]'
      const { affected, inserted } = await client.db.tableCreate({
        ...{ context: contextWith(), table: 'pairs', rows: Buffer.from(rows), rowCount: 3, columns: [] },
        ...{ missingDefault: false, ...on('merge'), returning: 'none', select: [], expectSingle: false },
        ...{ maxAffected: undefined, overwriteWhen: undefined },
      })
      assert.deepEqual([affected, inserted], [3, 1])
      assert.deepEqual(await client.sql('SELECT b, v FROM pairs ORDER BY b'), [
        { b: 'X', v: 4 },
        { b: 'x', v: 2 },
      ])
    })

    it('columns that conflict must be a unique key', async () => {
      const asked = client.create('codes', '[{"id":1}]', on('merge', ['v']))
      assert.deepEqual(await refusal(asked), ['bad_value', { table: 'codes', column: 'v' }])
    })

    it('changed rows are answered as they are stored, also when their key has changed', async () => {
      await fill()
      const answer = await client.db.tableUpdate({ ...change, data: Buffer.from('{"id":50,"v":5}'), where: idIs(1) })
      assert.deepEqual([answer.affected, text(answer.rows)], [1, '[{"id":50,"code":"a","v":5,"checked":null}]'])
      const deleted = await client.db.tableDelete({ ...change, where: idIs(50) })
      assert.deepEqual([deleted.affected, text(deleted.rows)], [1, '[{"id":50,"code":"a","v":5,"checked":null}]'])
    })

    it('rows that match count, whether or not they change', async () => {
      await fill()
      assert.equal(await client.update('codes', '{"v":1}', { where: idIs(1) }), 1)
    })

    it('writes of a batch are all done, each with the count it expects, or none', async () => {
      await fill()
      const operations = (expectAffected: number): readonly BatchOperation[] => [
        { ...noOperation, update: { ...change, returning: 'none', data: Buffer.from('{"v":7}'), where: idIs(1) } },
        { ...noOperation, delete: { ...change, returning: 'none', where: idIs(2) }, expectAffected },
      ]
      const batch = (expected: number) =>
        client.db.tableBatch({ context: contextWith(), operations: operations(expected) })
      assert.deepEqual(await refusal(batch(2)), ['precondition', { operation: '1' }])
      assert.deepEqual(await client.sql('SELECT id, v FROM codes ORDER BY id'), [
        { id: 1, v: 1 },
        { id: 2, v: 2 },
      ])
      await batch(1)
      assert.deepEqual(await client.sql('SELECT id, v FROM codes'), [{ id: 1, v: 7 }])
    })

    it('rows without a key can be changed, but not be answered', async () => {
      await client.sql('INSERT INTO keyless VALUES (1), (1)')
      assert.equal(await client.update('keyless', '{"v":2}'), 2)
      const answered = client.db.tableUpdate({
        ...change,
        table: 'keyless',
        data: Buffer.from('{"v":3}'),
        where: undefined,
      })
      assert.deepEqual(await refusal(answered), ['unsupported', { table: 'keyless' }])
      assert.deepEqual(await client.sql('SELECT v FROM keyless'), [{ v: 2 }, { v: 2 }])
    })

    it('changes of the schema are noticed without a restart', async () => {
      await client.sql('CREATE TABLE moving (id INT PRIMARY KEY, v INT); INSERT INTO moving VALUES (1, 1)')
      assert.equal(await client.rows('moving'), '[{"id":1,"v":1}]')
      await client.sql("ALTER TABLE moving ADD extra VARCHAR(10) DEFAULT 'x', MODIFY v VARCHAR(10)")
      assert.equal(
        await client.create('moving', '[{"id":2,"v":"word","extra":"y"}]'),
        '[{"id":2,"v":"word","extra":"y"}]',
      )
      await client.sql('ALTER TABLE moving DROP extra, RENAME COLUMN v TO w')
      assert.equal(await client.rows('moving', { ordering: [byId] }), '[{"id":1,"w":"1"},{"id":2,"w":"word"}]')
      await client.sql('DROP TABLE moving')
      assert.equal((await refusal(client.rows('moving')))[0], 'unknown_table')
    })
  })
}

const columns = (...names: string[]) =>
  names.map((column) => ({ kind: 'column', alias: column, column, cast: '' }) as const)

const byId = { column: 'id', direction: 'asc', nulls: 'unspecified' } as const

const change: TableDeleteRequest = {
  context: contextWith(),
  table: 'codes',
  where: undefined,
  returning: 'rows',
  select: [],
  expectSingle: false,
  maxAffected: undefined,
  ifMatch: [],
  ifMatchSelect: [],
}

const noOperation = { create: undefined, update: undefined, delete: undefined, expectAffected: undefined }

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

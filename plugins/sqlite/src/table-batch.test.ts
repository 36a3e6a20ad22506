import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BatchOperation, TransactionEnd } from '@easyrest/protocol'
import { column, compare, contextWith, createRequest, deleteRequest, TestDatabase } from './test-database.js'

const schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO t VALUES (1, 'a'), (2, 'b')"

const operation = (parts: Partial<BatchOperation>): BatchOperation => ({
  create: undefined,
  update: undefined,
  delete: undefined,
  expectAffected: undefined,
  ...parts,
})

const create = (rows: object[], expectAffected?: number) =>
  operation({ create: createRequest('t', rows), expectAffected })

const rename = (id: string, name: string, expectAffected?: number) =>
  operation({
    update: {
      ...deleteRequest('t'),
      where: compare('id', 'eq', id),
      data: Buffer.from(JSON.stringify({ name })),
      returning: 'rows',
      select: [column('name')],
    },
    expectAffected,
  })

const remove = (id: string, expectAffected?: number) =>
  operation({ delete: { ...deleteRequest('t'), where: compare('id', 'eq', id) }, expectAffected })

const batch = (
  database: TestDatabase,
  operations: BatchOperation[],
  txEnd: TransactionEnd = 'commit',
  readOnly = false,
) => database.plugin.tableBatch({ context: contextWith({ txEnd, readOnly }), operations })

describe('TableBatch', () => {
  test('does all of it, and answers each as on its own', async (context) => {
    const database = await TestDatabase.create(context, schema)
    const { results } = await batch(database, [create([{ id: 3, name: 'c' }], 1), rename('1', 'A', 1), remove('2', 1)])
    assert.deepEqual(
      results.map(({ create: made, update, delete: removed }) => [made?.affected, update?.affected, removed?.affected]),
      [
        [1, undefined, undefined],
        [undefined, 1, undefined],
        [undefined, undefined, 1],
      ],
    )
    assert.equal(Buffer.from(results[1]!.update!.rows as Uint8Array).toString(), '[{"name":"A"}]')
    assert.equal(await database.text('t'), '[{"id":1,"name":"A"},{"id":3,"name":"c"}]')
  })

  test('does nothing when one affects another number of rows, or fails', async (context) => {
    const database = await TestDatabase.create(context, schema)
    const before = await database.text('t')
    const first = create([{ id: 3, name: 'c' }])
    await assert.rejects(batch(database, [first, rename('9', 'x', 1)]), {
      reason: 'precondition',
      details: { operation: '1' },
    })
    await assert.rejects(batch(database, [first, remove('1', 0)]), { reason: 'precondition' })
    await assert.rejects(batch(database, [first, create([{ id: 1, name: 'twice' }])]), { reason: 'unique' })
    await assert.rejects(batch(database, [first, operation({})]), { reason: 'bad_value' })
    await assert.rejects(batch(database, [first], 'commit', true), { reason: 'permission' })
    assert.equal(await database.text('t'), before)
    await batch(database, [first])
    assert.equal((await database.rows('t')).length, 3, 'control: on its own it is done')
  })

  test('a dry run answers what would have been', async (context) => {
    const database = await TestDatabase.create(context, schema)
    const { results } = await batch(database, [remove('1', 1), remove('1', 0)], 'rollback')
    assert.deepEqual(
      results.map((result) => result.delete?.affected),
      [1, 0],
    )
    assert.equal((await database.rows('t')).length, 2)
  })
})

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from './open-database.js'
import { parseSqliteUri } from './sqlite-uri.js'

test('a connection to a database with a rollback journal holds up no other, and is held up by none', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'easyrest-sqlite-'))
  context.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'test.db')
  const open = () => {
    const database = openDatabase(parseSqliteUri(`sqlite://${path}?busy_timeout=50&_pragma=journal_mode(delete)`))
    context.after(() => database.close())
    return database
  }
  const setting = (database: ReturnType<typeof open>, pragma: string) =>
    database.get({ text: `PRAGMA ${pragma}`, parameters: [] })![0]
  const reader = open()
  assert.deepEqual([setting(reader, 'journal_mode'), setting(reader, 'synchronous')], ['delete', 3n])
  reader.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1); BEGIN')
  reader.all({ text: 'SELECT a FROM t', parameters: [] })
  // On its way through WAL it would need a lock that the reader has.
  const second = open()
  assert.equal(setting(second, 'journal_mode'), 'delete')
  reader.exec('COMMIT')
  second.exec('INSERT INTO t VALUES (2)')
  assert.equal(reader.all({ text: 'SELECT a FROM t', parameters: [] }).length, 2)
})

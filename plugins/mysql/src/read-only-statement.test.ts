import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PluginError } from '@easyrest/protocol'
import { readOnlyStatement } from './read-only-statement.js'

test('what only reads is taken as it is, without what ends it', () => {
  const statements: [text: string, taken: string][] = [
    ['SELECT 1', 'SELECT 1'],
    ['  (select 1) union (select 2) ; -- end', '  (select 1) union (select 2) '],
    ["SELECT 'a;b', \"it's\", `x;y` FROM t;", "SELECT 'a;b', \"it's\", `x;y` FROM t"],
    ["SELECT 'a\\';b' -- ;\n", "SELECT 'a\\';b' -- ;\n"],
    ['SELECT 1 --1', 'SELECT 1 --1'],
    ['WITH a AS (SELECT 1) SELECT * FROM a # ; DROP', 'WITH a AS (SELECT 1) SELECT * FROM a # ; DROP'],
    ["SELECT 'INTO' AS `into the`", "SELECT 'INTO' AS `into the`"],
  ]
  for (const [text, taken] of statements) assert.equal(readOnlyStatement(text).text, taken)
})

test('names are told, quoted or not', () => {
  const { words } = readOnlyStatement("SELECT a.`Od``d` FROM Easyrest_Cache /* hidden */ WHERE b = 'text'")
  assert.deepEqual(words, ['select', 'a', 'od`d', 'from', 'easyrest_cache', 'where', 'b'])
})

const refused: [text: string, reason: string][] = [
  ['', 'bad_value'],
  ['DELETE FROM t', 'permission'],
  ['SELECT 1; DELETE FROM t', 'bad_value'],
  ['SELECT 1 /*! INTO OUTFILE "x" */', 'permission'],
  ['SELECT 1 /*M!100 INTO OUTFILE "x" */', 'permission'],
  ['SELECT 1 INTO @a', 'permission'],
  ["SELECT 'open", 'bad_value'],
  ["SELECT 'a\\'", 'bad_value'],
  ['SELECT /* open', 'bad_value'],
  ['SELECT `open', 'bad_value'],
  ['SELECT ?', 'bad_value'],
  ['SELECT 1 --\u00a0;DROP TABLE t', 'bad_value'],
  ['SELECT "\0"', 'bad_value'],
  ['SET STATEMENT max_statement_time=1 FOR SELECT 1', 'permission'],
  ['x'.repeat(1_000_001), 'too_large'],
]

for (const [text, reason] of refused) {
  test(`refused with ${reason}: ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.throws(
      () => readOnlyStatement(text),
      (error: PluginError) => error.reason === reason,
    )
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { singleStatement } from './single-statement.js'

const accepted = [
  ['SELECT 1', 'SELECT 1'],
  ['  select 1 ; ', '  select 1 '],
  ['VALUES (1);;;', 'VALUES (1)'],
  ['-- why\n/* how; */ WITH x AS (SELECT 1) SELECT * FROM x; -- done\n/* really', undefined],
  [`SELECT ';', ";", \`;\`, [;] -- ;`, undefined],
  [`SELECT 'it''s; one', "a"";b" /* ; */`, undefined],
  ["SELECT '?:@$', a$b -- ?", undefined],
] as const

test('one statement that reads, with comments and the semicolon that ends it', () => {
  for (const [text, statement] of accepted) {
    const expected = statement ?? text.split('; -- done')[0]
    assert.equal(singleStatement(text), expected)
  }
})

const refused = [
  ['', 'bad_value'],
  [' ; ', 'bad_value'],
  ['-- SELECT 1', 'bad_value'],
  ["'SELECT' 1", 'bad_value'],
  ['SELECT 1; SELECT 2', 'bad_value'],
  ['SELECT 1; PRAGMA query_only = OFF; DELETE FROM t', 'bad_value'],
  ["SELECT '; -- ' ; DELETE FROM t", 'bad_value'],
  ['SELECT 1 /* ; */ ; /* */ DELETE FROM t', 'bad_value'],
  ["SELECT 'it''s'; DELETE FROM t", 'bad_value'],
  ['SELECT [a;b]; DELETE FROM t', 'bad_value'],
  ['SELECT 1\0; DELETE FROM t', 'bad_value'],
  ['SELECT \ud800', 'bad_value'],
  ['SELECT ?1', 'bad_value'],
  ['SELECT :name', 'bad_value'],
  ['SELECT $n', 'bad_value'],
  ['INSERT INTO t VALUES (1)', 'permission'],
  ['/* SELECT */ PRAGMA query_only', 'permission'],
  ['EXPLAIN SELECT 1', 'permission'],
  ['selecting', 'permission'],
  [`SELECT '${'x'.repeat(1_000_000)}'`, 'too_large'],
] as const

test('anything else is refused', () => {
  for (const [text, reason] of refused) {
    assert.throws(() => singleStatement(text), { name: 'PluginError', reason }, text.slice(0, 50))
  }
})

test('a text made to be slow is not', () => {
  for (const part of ["'", '/*', '-- ', ' ', '"', ';', '/* */']) {
    const started = performance.now()
    const text = `SELECT 1 ${part.repeat(900_000 / part.length)}`
    try {
      singleStatement(text)
    } catch {
      // Refused or not: in time.
    }
    assert.ok(performance.now() - started < 5000, part)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSqliteUri } from './sqlite-uri.js'

test('a path and its options', () => {
  const defaults = { readOnly: false, busyTimeoutMs: 5000, autoCleanup: false, pragmas: [] }
  assert.deepEqual(parseSqliteUri('sqlite://./test.db'), { path: './test.db', ...defaults })
  assert.deepEqual(parseSqliteUri('sqlite:///var/db/a%20b%3F.db'), { path: '/var/db/a b?.db', ...defaults })
  assert.deepEqual(parseSqliteUri('SQLITE://:memory:'), { path: ':memory:', ...defaults })
  assert.deepEqual(parseSqliteUri('sqlite://./test.db?autoCleanup=true&mode=ro&busy_timeout=100'), {
    ...{ path: './test.db', readOnly: true, busyTimeoutMs: 100, autoCleanup: true, pragmas: [] },
  })
  const original = parseSqliteUri('sqlite://x.db?_pragma=busy_timeout(250)&_pragma=cache_size(-2000)&_txlock=immediate')
  assert.deepEqual(original, { ...defaults, path: 'x.db', busyTimeoutMs: 250, pragmas: ['PRAGMA cache_size = -2000'] })
})

test('what is not understood is refused with what would be right', () => {
  const cases: [string, RegExp][] = [
    ['postgres://x', /expected sqlite:\/\/<path>/],
    ['sqlite://', /expected sqlite:\/\/<path>/],
    ['sqlite://a.db#b', /%23/],
    [
      'sqlite://a.db?autocleanup=true',
      /unknown option "autocleanup"; did you mean autoCleanup\? Valid are autoCleanup, busy_timeout/,
    ],
    ['sqlite://a.db?__proto__=1', /unknown option/],
    ['sqlite://a.db?autoCleanup=maybe', /one of true/],
    ['sqlite://a.db?mode=memory', /one of ro, rw, rwc/],
    ['sqlite://a.db?busy_timeout=soon', /milliseconds/],
    ['sqlite://a.db?_pragma=writable_schema(1)', /one of busy_timeout/],
    ['sqlite://a.db?_pragma=cache_size(1);DROP TABLE x', /_pragma=name\(value\)/],
    ['sqlite://a%00.db', /percent-escapes/],
    ['sqlite://a%ff.db', /percent-escapes/],
  ]
  for (const [uri, message] of cases) assert.throws(() => parseSqliteUri(uri), { reason: 'bad_value', message }, uri)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePostgresUri } from './postgres-uri.js'

test('the parts of a URI as libpq reads them', () => {
  const { hosts, user, password, database, tls, pool, prepared, schemas } = parsePostgresUri(
    'postgresql://us%40er:p%3Aw@one:6432,[::1],%2Fvar%2Frun/my%20db?sslmode=require&maxOpenConns=3&prepared=false&schemas=a,b',
  )
  assert.deepEqual(hosts, [
    { host: 'one', port: 6432 },
    { host: '::1', port: 5432 },
    { host: '/var/run', port: 5432 },
  ])
  assert.deepEqual([user, password, database, tls.mode], ['us@er', 'p:w', 'my db', 'require'])
  assert.deepEqual([pool.maxConnections, pool.idleConnections, prepared, schemas], [3, 2, false, ['a', 'b']])
})

test('behind the question mark counts', () => {
  const { hosts, user, password, database } = parsePostgresUri(
    'postgres://a:b@localhost/c?host=/run/pg,%252F&port=5433&user=u&password=p&dbname=d',
  )
  assert.deepEqual(hosts, [
    { host: '/run/pg', port: 5433 },
    { host: '%2F', port: 5433 },
  ])
  assert.deepEqual([user, password, database], ['u', 'p', 'd'])
  const ports = parsePostgresUri('postgres://one,two:1/d?port=7').hosts.map(({ port }) => port)
  assert.deepEqual(ports, [7, 7])
})

test('what is left out has a default, or stands behind the question mark', () => {
  const { hosts, user, password, database, targetSession, schemas, searchPath } = parsePostgresUri(
    'postgres:///shop?host=/run/pg&port=5433&user=u&target_session_attrs=read-write&search_path=app,public',
  )
  assert.deepEqual(hosts, [{ host: '/run/pg', port: 5433 }])
  assert.deepEqual([user, password, database, targetSession], ['u', undefined, 'shop', 'read-write'])
  assert.deepEqual(
    [schemas, searchPath],
    [
      ['app', 'public'],
      ['app', 'public'],
    ],
  )
})

test('T5: the options of the original keep their names; without them the pool is smaller', () => {
  const { pool, statementTimeoutMs, searchPath, autoCleanup } = parsePostgresUri('postgres://h/d')
  assert.deepEqual(pool, {
    ...{ maxConnections: 10, idleConnections: 2 },
    ...{ idleMs: 600_000, lifetimeMs: 3_600_000, waitMs: 5000 },
  })
  assert.deepEqual([statementTimeoutMs, searchPath, autoCleanup], [0, ['public'], true])
  const options = 'maxOpenConns=50&maxIdleConns=20&connMaxLifetime=10&connMaxIdleTime=5&timeout=60&bulkThreshold=200'
  const custom = parsePostgresUri(`postgres://h/d?${options}&search_path=own&autoCleanup=false`)
  assert.deepEqual([custom.pool.maxConnections, custom.pool.idleConnections], [50, 20])
  assert.deepEqual([custom.pool.lifetimeMs, custom.pool.idleMs], [600_000, 300_000])
  assert.deepEqual([custom.statementTimeoutMs, custom.searchPath, custom.autoCleanup], [60_000, ['own'], false])
})

test('durations are in the units of whoever named the option', () => {
  const uri = 'postgres://h/d?connect_timeout=3&connMaxLifetime=5&connMaxIdleTime=30s&timeout=2&pool_timeout=250ms'
  const { connectTimeoutMs, pool, statementTimeoutMs } = parsePostgresUri(uri)
  assert.deepEqual([connectTimeoutMs, pool.lifetimeMs, pool.idleMs], [3000, 300_000, 30_000])
  assert.deepEqual([statementTimeoutMs, pool.waitMs], [2000, 250])
})

test('what is not understood is refused with what would be right, and without the password', () => {
  const cases: [string, RegExp][] = [
    ['postgres://h/d?sslmod=require', /unknown option "sslmod", did you mean sslmode\? Valid are host, port/],
    [
      'postgres://h/d?sslmode=on',
      /sslmode to be one of disable, allow, prefer, require, verify-ca, verify-full, got "on"/,
    ],
    ['postgres://h/d?sslrootcert=system&sslmode=require', /needs sslmode=verify-full/],
    ['postgres:///d?host=a,b&port=1,2,3', /a port for each of 2 hosts, or one for all, got 3/],
    ['postgres://h:0/d', /a port from 1 to 65535, got "0"/],
    ['postgres://h/d?maxOpenConns=0', /maxOpenConns to be a whole number from 1/],
    ['postgres://h/d?schemas=a;b', /schemas to be names separated by commas/],
    ['postgres://h/d?prepared=maybe', /prepared to be true or false/],
    ['postgres://h/d?timeout=soon', /timeout to be a duration such as 30s/],
    ['postgres://h/d?options=a&options=b', /options is there twice/],
    ['postgres://u:se%ZZcret@h/d', /percent-escapes of UTF-8/],
    ['postgres://u:se@cret@h/d', /write @ : \/ \? # in a password as %40/],
    ['mysql://h/d', /expected postgres:\/\//],
  ]
  for (const [uri, message] of cases) {
    const refusal = (error: Error) => {
      assert.match(error.message, message, uri)
      assert.doesNotMatch(error.message, /cret/)
      return 'reason' in error && error.reason === 'bad_value'
    }
    assert.throws(() => parsePostgresUri(uri), refusal)
  }
})

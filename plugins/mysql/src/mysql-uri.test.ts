import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PluginError } from '@easyrest/protocol'
import { parseMysqlUri } from './mysql-uri.js'

test('a URI says where the database is and who asks', () => {
  const uri = parseMysqlUri('mysql://us%65r:p%40ss%3A%2F@db.example:3307,[::1],10.0.0.1/sh%6Fp')
  assert.deepEqual(uri.hosts, [
    { host: 'db.example', port: 3307 },
    { host: '::1', port: 3306 },
    { host: '10.0.0.1', port: 3306 },
  ])
  assert.deepEqual([uri.user, uri.password, uri.database], ['user', 'p@ss:/', 'shop'])
})

test('the forms of the original are understood', () => {
  const { hosts, maxOpenConns, connMaxLifetimeMs, timeoutMs, tls } = parseMysqlUri(
    'mysql://u:p@tcp(127.0.0.1:3306)/db?parseTime=true&maxOpenConns=5&connMaxLifetime=2&timeout=10&tls=skip-verify&loc=UTC',
  )
  assert.deepEqual(hosts, [{ host: '127.0.0.1', port: 3306 }])
  assert.deepEqual([maxOpenConns, connMaxLifetimeMs, timeoutMs, tls], [5, 120_000, 10_000, 'required'])
  assert.deepEqual(parseMysqlUri('mariadb://u@unix(/run/db.sock)/db').hosts, [{ socketPath: '/run/db.sock' }])
  assert.deepEqual(parseMysqlUri('mariadb://u@unix(%2Frun%2Fdb.sock)/db').hosts, [{ socketPath: '/run/db.sock' }])
  assert.deepEqual(parseMysqlUri('mysql://u@/db?socket=/run/db.sock').hosts, [{ socketPath: '/run/db.sock' }])
})

const wrong: [uri: string, problem: RegExp][] = [
  ['mysql://secret@host', /expected mysql:\/\/user/],
  ['mysql://u:secret@host/db?maxOpenConns=0', /maxOpenConns to be an integer from 1/],
  ['mysql://u:secret@host/db?timeout=soon', /timeout to be a time above 0/],
  ['mysql://u:secret@host/db?ssl-mode=maybe', /ssl-mode to be one of DISABLED/],
  ['mysql://u:secret@host/db?ssl-mod=REQUIRED', /unknown option "ssl-mod", did you mean ssl-mode/],
  ['mysql://u:secret@host/db?context=claims_a,b;drop', /context to list names/],
  ['mysql://u:secret@host/db?timeout=1s&timeout=2s', /timeout is there twice/],
  ['mysql://u:secret@ho st/db', /expected host or host:port/],
  ['mysql://u:secret%@host/db', /percent-escapes/],
  ['mysql://u:secret@10.0.0.1/db?ssl-mode=VERIFY_IDENTITY', /the URI has an address/],
]

for (const [uri, problem] of wrong) {
  test(`refused without its password: ${uri}`, () => {
    assert.throws(
      () => parseMysqlUri(uri),
      (error: PluginError) =>
        error instanceof PluginError &&
        error.reason === 'bad_value' &&
        problem.test(error.message) &&
        !error.message.includes('secret'),
    )
  })
}

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readKopanoEnvironment } from './read-kopano-environment.js'
import { load, secret } from './test-support/load.js'

const uriOf = (driver: string | undefined, source: string): string | undefined =>
  readKopanoEnvironment({ KOPANO_KVS_DB_DRIVER: driver, KOPANO_KVS_DB_DATASOURCE: source }).connections[0]?.uri

describe("The variables of Kopano's kvs", () => {
  test('name a file', () => {
    assert.equal(uriOf(undefined, '/var/lib/kopano/kvs.db'), 'sqlite:///var/lib/kopano/kvs.db')
    assert.equal(uriOf('sqlite3', './a b#c.db'), 'sqlite://./a b%23c.db')
    assert.equal(uriOf('sqlite3', 'file:/x.db?cache=shared'), 'sqlite:///x.db')
  })

  test('name a database as Go does', () => {
    assert.equal(uriOf('mysql', 'kvs:p@ss:w/d@tcp(db.local:3307)/kopano?parseTime=true'), expectedUri)
    assert.equal(uriOf('mysql', 'root@/kvs'), 'mysql://root@localhost/kvs')
    const ofMigrations = 'root@/kvs?multiStatements=true&tls=true&allowNativePasswords=false'
    assert.equal(uriOf('mysql', ofMigrations), 'mysql://root@localhost/kvs?tls=true')
    assert.equal(
      uriOf('mysql', 'u:p@unix(/run/my sql.sock)/kvs'),
      'mysql://u:p@localhost/kvs?socket=%2Frun%2Fmy%20sql.sock',
    )
  })

  test('that make no sense are problems, and nobody sees the password', () => {
    for (const [driver, source] of [
      ['mysql', 'user:hunter2@nowhere'],
      ['postgres', 'user:hunter2@tcp(h)/d'],
    ] as const) {
      const { problems, connections } = readKopanoEnvironment({
        KOPANO_KVS_DB_DRIVER: driver,
        KOPANO_KVS_DB_DATASOURCE: source,
      })
      assert.deepEqual(connections, [])
      assert.equal(problems.length, 1)
      assert.doesNotMatch(JSON.stringify(problems), /hunter2/)
    }
  })

  test('are settings, and others are told of', () => {
    const { overrides, warnings } = readKopanoEnvironment({
      KOPANO_KVS_ALLOW_CORS: 'true',
      KOPANO_KVS_REQUIRED_SCOPES: ' a  b ',
      KOPANO_KVS_DB_DRIVER: 'sqlite3',
      KOPANO_KVS_DB_MIGRATIONS: '/x',
      KOPANO_KVS_COLOUR: 'red',
    })
    assert.deepEqual(
      overrides.map(({ key, value }) => [key, value]),
      [
        ['kv.allow_cors', false],
        ['kv.realms.user.read', ['a', 'b']],
        ['kv.realms.user.write', ['a', 'b']],
      ],
    )
    assert.equal(warnings.length, 3)
    assert.match(warnings[1]!, /KOPANO_KVS_DB_DRIVER: not used without KOPANO_KVS_DB_DATASOURCE/)
    assert.match(warnings[2]!, /KOPANO_KVS_COLOUR: unknown variable/)
  })

  test('do not keep a server without documents from starting', async () => {
    const text = 'plugins: { a: { uri: "sqlite://./a.db" } }\n'
    const env = { ER_TOKEN_SECRET: secret, KOPANO_KVS_ALLOW_CORS: '1', KOPANO_KVS_REQUIRED_SCOPES: 's1' }
    const without = await load(text, { env })
    assert.equal(without.config.kv, undefined)
    assert.match(without.warnings[0]!, /^KOPANO_KVS_ALLOW_CORS: not used, because no connection holds documents; set /)
    const beside = await load(`${text}kv: { connection: a }\n`, { env })
    assert.deepEqual([beside.config.kv?.allowCors, beside.config.kv?.connection], [true, 'a'])
    const alone = await load(text, { env: { ...env, KOPANO_KVS_DB_DATASOURCE: './b.db' } })
    assert.deepEqual([alone.config.kv?.allowCors, alone.config.kv?.connection], [true, 'kopano'])
  })
})

const expectedUri = 'mysql://kvs:p%40ss%3Aw%2Fd@db.local:3307/kopano?parseTime=true'

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkConfig } from './check-config.js'
import { diffConfigs } from './diff-configs.js'
import { load, secret } from './test-support/load.js'

async function diff(previous: string, next: string, env = { ER_TOKEN_SECRET: secret }): Promise<string[]> {
  return diffConfigs((await load(previous)).config, (await load(next, { env })).config)
}

describe('The difference between two configurations', () => {
  test('is empty for equal ones', async () => {
    const text = 'plugins: { a: { uri: "a://b", cache_invalidation_map: { f: [t] } } }\n'
    assert.deepEqual(await diff(text, text), [])
  })

  test('names connections and keys in the words of the file, and never shows secrets', async () => {
    const lines = await diff(
      'port: 1\nplugins: { a: { uri: "a://u:hunter2@b" }, b: { uri: "a://b" } }\n',
      `port: 2
access_log: true
default_timezone: Europe/Rome
plugins:
  a: { uri: "a://u:hunter3@b", limits: { timeout: 5s }, env: { PASSWORD: hunter4 } }
  c: { uri: "a://c" }
`,
      { ER_TOKEN_SECRET: secret.toUpperCase() },
    )
    assert.deepEqual(lines, [
      'connection c added',
      'connection b removed',
      'connection a changed: uri, env, limits.timeout (30000 -> 5000)',
      'port changed (1 -> 2)',
      'token_secret changed',
      'access_log changed (false -> true)',
      'default_timezone changed',
      'restart needed for: port',
    ])
  })

  test('sees the insides of maps and infinite numbers', async () => {
    assert.deepEqual(await diff('token_cache_ttl: 0\n', 'token_cache_ttl: -1\n'), [
      'token_cache_ttl changed (Infinity -> 0)',
    ])
    const map = (table: string) => `plugins: { a: { uri: "a://b", cache_invalidation_map: { f: [${table}] } } }\n`
    assert.deepEqual(await diff(map('t'), map('u')), ['connection a changed: cache_invalidation_map'])
  })
})

describe('Checking a configuration', () => {
  test('describes what would run, without secrets', async () => {
    const text = `plugins:
  a: { uri: "pg://u:hunter2@h/db", enable_cache: true, cache_name: b, path: /bin/x }
  b: { uri: "redis://h" }
workers: 2
`
    assert.deepEqual(await checkConfig({ file: 'c.yaml', text, flags: {}, env: { ER_TOKEN_SECRET: secret } }), {
      exitCode: 0,
      text: `the configuration is valid
listens on http://127.0.0.1:8080
tokens: secret, scopes checked
connections:
  a: pg://u:***@h/db, serves tables, db_tx_end commit-allow-override, cache b, program /bin/x
  b: redis://h, serves tables and cache, db_tx_end commit-allow-override
warning: workers: accepted, not in effect in this version`,
    })
  })

  test('exits with 78 when it cannot be used', async () => {
    const { exitCode, text } = await checkConfig({ file: 'c.yaml', text: 'x: 1', flags: {}, env: {} })
    assert.equal(exitCode, 78)
    assert.match(text, /^2 problems in the configuration:\n {2}c\.yaml:1:1: /)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { diffConfigs, restartNeeded } from './diff-configs.js'
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
    ])
  })

  test('says what waits for the next start, and no longer when it is as it was', async () => {
    const config = async (text: string) => (await load(text)).config
    const started = await config('port: 1\nadmin: { listen: "127.0.0.1:1" }\n')
    assert.deepEqual(restartNeeded(started, await config('port: 2\naccess_log: true\nworkers: 2\n')), [
      'port',
      'admin',
      'workers',
    ])
    assert.deepEqual(restartNeeded(started, started), [])
  })

  test('sees the insides of maps and infinite numbers', async () => {
    assert.deepEqual(await diff('token_cache_ttl: 0\n', 'token_cache_ttl: -1\n'), [
      'token_cache_ttl changed (Infinity -> 0)',
    ])
    const map = (table: string) => `plugins: { a: { uri: "a://b", cache_invalidation_map: { f: [${table}] } } }\n`
    assert.deepEqual(await diff(map('t'), map('u')), ['connection a changed: cache_invalidation_map'])
  })
})

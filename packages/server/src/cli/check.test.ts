import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { secret } from '../config/test-support/load.js'
import { check } from './check.js'

// A file that may be executed, and is not: a plugin prints a handshake.
const program = process.execPath
const env = { ER_TOKEN_SECRET: secret }

describe('Checking a configuration', () => {
  test('describes what would run, without secrets', async () => {
    const text = `plugins:
  a: { uri: "pg://u:hunter2@h/db", enable_cache: true, cache_name: b, path: ${program} }
  b: { uri: "redis://h", path: ${program} }
workers: 2
`
    assert.deepEqual(await check({ file: 'c.yaml', text, flags: {}, env }, false), {
      exitCode: 0,
      text: `the configuration is valid
listens on http://127.0.0.1:8080
tokens: secret, scopes checked
connections:
  a: pg://u:***@h/db, serves tables, db_tx_end commit-allow-override, cache b, program ${program}
  b: redis://h, serves tables and cache, db_tx_end commit-allow-override, program ${program}
plugins:
  a: program ${program}
  b: program ${program}`,
    })
  })

  test('exits with 78 when it cannot be used', async () => {
    const { exitCode, text } = await check({ file: 'c.yaml', text: 'x: 1', flags: {}, env: {} }, false)
    assert.equal(exitCode, 78)
    assert.match(text, /^2 problems in the configuration:\n {2}c\.yaml:1:1: /)
  })

  test('exits with 78 when a key is no key', async () => {
    const text = `auth_plugins: { jwt: { settings: { keys: [{ file: ${fileURLToPath(import.meta.url)} }] } } }\n`
    const { exitCode, text: said } = await check({ file: 'c.yaml', text, flags: {}, env }, false)
    assert.equal(exitCode, 78)
    assert.match(said, /auth_plugins\.jwt\.settings: /)
  })

  test('exits with 69 and names every plugin that is missing or not the pinned one', async () => {
    const text = `plugins:
  good: { uri: "x://y", path: ${program} }
  missing: { uri: "x://y", path: /no/such/program }
  other: { uri: "x://y", path: ${program}, sha256: "${'0'.repeat(64)}" }
`
    const { exitCode, text: said } = await check({ file: 'c.yaml', text, flags: {}, env }, false)
    assert.equal(exitCode, 69)
    assert.match(said, /connection missing: .*\/no\/such\/program does not exist/)
    assert.match(said, /connection other: expected .* to have sha256 0000/)
    assert.match(said, /good: program/)
  })
})

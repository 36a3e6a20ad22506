import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionScheme, redactUri } from './connection-uri.js'
import { isIdentifier } from './identifier.js'
import { nearestName } from './nearest-name.js'
import { pluginFileNames } from './plugin-name.js'

test('identifiers are letters, digits and underscores, at most 63 (easyrest B18)', () => {
  for (const name of ['snake_case', 'PascalCase', '_', 'a1', 'x'.repeat(63)]) assert.ok(isIdentifier(name), name)
  for (const name of ['', '1abc', 'foo-bar', 'id;drop', '`col`', '"col"', 'col name', 'x'.repeat(64), 'a\n', 'ä']) {
    assert.ok(!isIdentifier(name), name)
  }
})

test('plugin programs are looked for by Go names first, then by Node names, then by the plain name', () => {
  assert.deepEqual(pluginFileNames('pg', 'linux', 'x64'), [
    'easyrest-plugin-pg-linux-amd64',
    'easyrest-plugin-pg-linux-x64',
    'easyrest-plugin-pg',
  ])
  assert.deepEqual(pluginFileNames('pg', 'darwin', 'arm64'), ['easyrest-plugin-pg-darwin-arm64', 'easyrest-plugin-pg'])
  assert.equal(pluginFileNames('pg', 'win32', 'x64')[0], 'easyrest-plugin-pg-windows-amd64.exe')
})

test('a URI for the log has no secrets', () => {
  assert.equal(
    redactUri('postgres://u:p@ss:w@h/db?sslmode=on&password=x#f'),
    'postgres://u:***@h/db?sslmode=on&password=***',
  )
  assert.equal(redactUri('sqlite://./a.db'), 'sqlite://./a.db')
  assert.equal(redactUri('redis://:secret@h'), 'redis://:***@h')
})

test('the scheme is what stands before ://', () => {
  assert.equal(connectionScheme('SQLite://./x'), 'sqlite')
  assert.equal(connectionScheme('sqlite:./x'), undefined)
})

test('the nearest name is found for slips, not for other words', () => {
  assert.equal(nearestName('whree', ['where', 'select']), 'where')
  assert.equal(nearestName('enabel_cache', ['enable_cache', 'cache_name']), 'enable_cache')
  assert.equal(nearestName('population', ['id', 'name']), undefined)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanJson, cleanText } from './clean-text.js'

test('what PostgreSQL cannot hold goes, and nothing else', () => {
  assert.equal(cleanText('a\0b\ud800c😀'), 'ab\ufffdc😀')
  const json = JSON.stringify({ 'k\0': 'a\0\ud800', pair: '😀', slash: '\\u0000', more: '\\\0' })
  assert.deepEqual(JSON.parse(cleanJson(json)), { k: 'a\ufffd', pair: '😀', slash: '\\u0000', more: '\\' })
  assert.equal(JSON.parse(cleanJson('"\\uD83D\\uDE00\\uDE00"')), '😀\ufffd')
})

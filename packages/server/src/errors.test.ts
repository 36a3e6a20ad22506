import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorReasons } from '@easyrest/protocol'
import { errorTable } from './errors.js'

const documented = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

test('docs/errors.md lists every code with its status and meaning, and no other', () => {
  const listed = [...documented.matchAll(/^\| `(\w+)` \| (\d+) \| (.+) \|$/gm)].map(([, code, status, title]) => [
    code,
    { status: Number(status), title },
  ])
  assert.deepEqual(Object.fromEntries(listed), errorTable)
})

test('every reason of the plugin contract is an error of the API', () => {
  for (const reason of Object.keys(errorReasons)) assert.ok(Object.hasOwn(errorTable, reason), reason)
})

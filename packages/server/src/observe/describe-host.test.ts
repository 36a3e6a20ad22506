import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeHost } from './describe-host.js'

test('fields of a plugin do not take the place of those that every line has', () => {
  const fields = { level: 'x', time: 1, msg: 'no', connection: 'other', pid: 1, rows: 3, '@module': 'db' }
  const line = describeHost({ kind: 'plugin-log', connection: 'mine', pid: 7, level: 'info', message: 'hi', fields })
  assert.deepEqual(line, {
    level: 'info',
    message: 'mine: hi',
    fields: {
      connection: 'mine',
      pid: 7,
      'plugin.level': 'x',
      'plugin.time': 1,
      'plugin.msg': 'no',
      'plugin.connection': 'other',
      'plugin.pid': 1,
      rows: 3,
      '@module': 'db',
    },
  })
})

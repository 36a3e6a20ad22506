import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogLevel } from './parse-log-line.js'
import { PluginLog } from './plugin-log.js'

const lines: readonly [line: string, level: LogLevel, message: string, fields?: object][] = [
  [
    '{"@level":"warn","@message":"slow","@timestamp":"2026-01-02T03:04:05.123Z","@module":"db","ms":12}',
    'warn',
    'slow',
    { '@module': 'db', ms: 12 },
  ],
  ['{"@level":7,"@message":{"a":1}}', 'trace', '{"a":1}'],
  ['{"@level":"loud","@message":"x"}', 'info', 'x'],
  ['{"level":50,"msg":"no","pid":1}', 'error', 'no', { pid: 1 }],
  ['{"level":"WARNING","message":"hm"}', 'warn', 'hm'],
  ['{"not":"a log line"}', 'info', '{"not":"a log line"}'],
  ['{broken', 'info', '{broken'],
  ['[ERR] old style', 'error', 'old style'],
  ['2026/01/02 03:04:05 [DEBUG] plugin: hello', 'debug', 'plugin: hello'],
  ['plain text', 'info', 'plain text'],
  ['TypeError: x is not a function', 'error', 'TypeError: x is not a function'],
  ['    at file.js:1:2', 'error', '    at file.js:1:2'],
  ['plain again\r', 'info', 'plain again'],
]

test('lines become records with their level, whatever wrote them', () => {
  const { log, records } = collect()
  log.write(Buffer.from(lines.map(([line]) => `${line}\n`).join('')))
  assert.deepEqual(
    records,
    lines.map(([, level, message, fields = {}]) => ({ level, message, fields })),
  )
})

test("after Go's panic everything is an error", () => {
  const { log, records } = collect()
  log.write(Buffer.from('panic: oh\n\ngoroutine 1 [running]:\nmain.main()\nexit status 2\n'))
  assert.deepEqual(new Set(records.map(({ level }) => level)), new Set(['error']))
  assert.equal(records.length, 4)
})

test('a line may come in pieces, also within a character, and may lack its end', () => {
  const { log, records } = collect()
  for (const byte of Buffer.from('Grüße\nEnde')) log.write(Buffer.of(byte))
  log.end()
  assert.deepEqual(
    records.map(({ message }) => message),
    ['Grüße', 'Ende'],
  )
})

test('long lines and floods are cut, and what was dropped is counted', () => {
  const { log, records } = collect()
  log.write(Buffer.from(`${'a'.repeat(100_000)}\nb\n`))
  assert.deepEqual(
    records.map(({ message }) => message.length),
    [8192, 1],
  )
  for (let count = 0; count < 20; count++) log.write(Buffer.alloc(1_000_000, 'c\n'))
  assert.ok(records.length < 11_000, `${records.length} records in a second`)
  log.end()
  const last = records.at(-1)!
  assert.equal(last.level, 'warn')
  assert.ok(Number(last.fields.droppedBytes) > 19_000_000)
})

test('the last fifty lines are kept, without secrets', () => {
  const records: string[] = []
  const log = new PluginLog(
    (_level, message) => records.push(message),
    (text) => text.replaceAll('swordfish', '***'),
  )
  for (let count = 0; count < 60; count++) log.write(Buffer.from(`swordfish ${count}\n`))
  assert.equal(log.tail().length, 50)
  assert.equal(log.tail()[0], '*** 10')
  assert.equal(records[59], '*** 59')
})

const collect = () => {
  const records: { level: LogLevel; message: string; fields: Record<string, unknown> }[] = []
  const log = new PluginLog((level, message, fields) => records.push({ level, message, fields }))
  return { log, records }
}

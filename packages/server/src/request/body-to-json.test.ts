import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ApiError } from '../errors.js'
import { CsvEncoder } from '../response/csv-encoder.js'
import { type BodyShape, bodyToJson } from './body-to-json.js'

const json = (type: string | undefined, text: string, shape: BodyShape = 'rows') =>
  bodyToJson(type, Buffer.from(text), shape).toString()

const refused = (code: string, type: string, text: string, shape: BodyShape = 'rows') =>
  assert.throws(
    () => json(type, text, shape),
    (error) => error instanceof ApiError && error.code === code,
  )

test('JSON is answered as it is', () => {
  for (const type of [undefined, '', 'application/json', 'Application/JSON; charset=UTF-8']) {
    assert.equal(json(type, ' {"a": 1.50}'), ' {"a": 1.50}')
  }
})

test('a byte order mark is no part of the text', () => {
  assert.equal(json('application/json', '\ufeff{"a":1}'), '{"a":1}')
  assert.equal(json('application/x-ndjson', '\ufeff{"a":1}\n'), '[{"a":1}]')
  assert.equal(json('application/x-www-form-urlencoded', '\ufeffa=1'), '[{"a":"1"}]')
})

test('CSV: one row a line, cells are texts, an empty cell is NULL and "" is empty', () => {
  assert.equal(
    json('text/csv; charset=utf-8', '\ufeffid,name\r\n1,"a ""b"", c"\r\n2,\r\n3,""\r\n'),
    '[{"id":"1","name":"a \\"b\\", c"},{"id":"2","name":null},{"id":"3","name":""}]',
  )
  assert.equal(json('text/csv', 'id\n'), '[]')
  assert.equal(json('text/csv', 'id\n7', 'row'), '{"id":"7"}')
})

test('CSV that is none, or not of one shape, is refused', () => {
  for (const text of ['', 'a,b\n1\n', 'a,b\n1,2,3\n', 'a\n"x', 'a\nx"y"\n']) refused('bad_body', 'text/csv', text)
  refused('duplicate_member', 'text/csv', 'a,a\n1,2\n')
  refused('bad_body', 'text/csv', 'a\n1\n2\n', 'row')
  assert.throws(() => bodyToJson('text/csv', Buffer.from([0x61, 0x0a, 0xff]), 'rows'), { code: 'bad_body' })
})

test('a form is one row', () => {
  const type = 'application/x-www-form-urlencoded'
  assert.equal(json(type, 'k=b&v=x+y%2B%C3%A9&e='), '[{"k":"b","v":"x y+é","e":""}]')
  assert.equal(json(type, 'k=b', 'row'), '{"k":"b"}')
  refused('duplicate_member', type, 'k=a&k=b')
  refused('bad_escape', type, 'k=%zz')
  refused('bad_body', type, '')
  assert.equal(json(type, '', 'row'), '{}')
  refused('bad_body', type, ' {"k":"b"}')
  refused('bad_body', type, '[{"k":"b"}]')
})

test('bytes that are no UTF-8 are refused, and not made another text', () => {
  const bytes = Buffer.from('{"k":"a\xff"}', 'latin1')
  assert.throws(() => bodyToJson('application/x-ndjson', bytes, 'rows'), { code: 'bad_json' })
  const form = Buffer.from('k=a\xff', 'latin1')
  assert.throws(() => bodyToJson('application/x-www-form-urlencoded', form, 'rows'), { code: 'bad_body' })
})

test('NDJSON: one value a line', () => {
  assert.equal(json('application/x-ndjson', '{"a":1}\r\n\n {"a":2.50} \n'), '[{"a":1},{"a":2.50}]')
  assert.equal(json('application/x-ndjson', ''), '[]')
  for (const text of ['{"a":1},{"a":2}', '{"a":\n1}', '{"a":1} {"a":2}', '{'])
    refused('bad_json', 'application/ndjson', text)
})

test('other formats and charsets are refused', () => {
  const csv = ['text/csv; charset=latin1', 'text/csv; header=absent', 'text/csv;charset=utf-8;HEADER="absent"']
  for (const type of ['application/xml', 'text/plain', 'multipart/form-data', ...csv]) {
    refused('unsupported_media_type', type, 'a')
  }
  assert.equal(json('text/csv; header=present', 'a\n1\n'), '[{"a":"1"}]')
})

test('what is answered as CSV is read as the rows it was', () => {
  const cell = fc.option(fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text)))
  const tables = fc.array(fc.record({ a: cell, b: cell }, { noNullPrototype: true }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(tables, (rows) => {
      const encoder = new CsvEncoder(['a', 'b'])
      const text = JSON.stringify(rows).slice(1, -1)
      const csv = Buffer.concat([...encoder.encode(Buffer.from(text)), ...encoder.end()])
      assert.deepEqual(JSON.parse(bodyToJson('text/csv', csv, 'rows').toString()), rows)
    }),
  )
})

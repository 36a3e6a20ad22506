import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { indentJson } from './indent-json.js'

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

/** As JSON.stringify indents, with what Kopano escapes; which is the same for what has no empty containers within. */
const expected = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

describe('Indented JSON', () => {
  test('is what JSON.stringify makes of it, however it was spaced', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), fc.constantFrom(undefined, 1, '\t', ' \n'), (value, space) => {
        assert.equal(indentJson(latin1(JSON.stringify(value, null, space)), ''), latin1(expected(value)))
      }),
    )
  })

  test('keeps every token, also those that JSON.parse would change', () => {
    const tokens = ['1.0', '-0.10e+5', '12345678901234567890', '1e400', '"\\u00e9\\/"', '"\\ud800"', 'null', '""']
    for (const token of tokens) assert.equal(indentJson(token, ''), token)
    assert.equal(indentJson('{"a":1,"a":2}', ''), '{\n  "a": 1,\n  "a": 2\n}')
    assert.equal(indentJson('"\xff\xfe"', ''), '"\xff\xfe"')
  })

  test('begins its lines where it stands', () => {
    assert.equal(
      indentJson('{"a":[1,{}],"b":[ ]}', '  '),
      '{\n    "a": [\n      1,\n      {}\n    ],\n    "b": []\n  }',
    )
  })

  test('is nothing else', () => {
    for (const text of ['', '{bad', '1 2', '\ufeff{}', '[1,]', "{'a':1}", '01', '"\n"', '{"a"}']) {
      assert.equal(indentJson(text, ''), undefined, text)
    }
  })

  test('is not made of what is nested so deep that its blanks would fill the memory', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    assert.ok(indentJson(nested(101), '') !== undefined)
    assert.equal(indentJson(nested(102), ''), undefined)
    assert.equal(indentJson(nested(8000), ''), undefined)
  })
})

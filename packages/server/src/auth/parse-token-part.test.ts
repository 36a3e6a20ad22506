import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseTokenPart } from './parse-token-part.js'
import { TokenError } from './token-error.js'

const parse = (text: string) => parseTokenPart(Buffer.from(text), 'payload')

describe('parseTokenPart', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })), (value) => {
        const text = JSON.stringify(value)
        const unsafe = /(?<![.\d])\d{16,}/.test(text)
        if (!unsafe) assert.deepEqual(parse(text), JSON.parse(text))
      }),
    )
  })

  it('keeps the digits of large integers as text', () => {
    assert.deepEqual(
      parse('{"a":9007199254740993,"b":[-12345678901234567890],"c":9007199254740991,"d":1e30,"e":0.1}'),
      {
        a: '9007199254740993',
        b: ['-12345678901234567890'],
        c: 9007199254740991,
        d: 1e30,
        e: 0.1,
      },
    )
  })

  it('leaves strings alone', () => {
    const text = String.raw`{"a":"9007199254740993","b":"\"{9007199254740993:","c\\":"\\"}`
    assert.deepEqual(parse(text), JSON.parse(text))
  })

  const refused: [string, string][] = [
    ['a member twice', '{"a":1,"a":2}'],
    ['a member twice by an escape', String.raw`{"a":1,"\u0061":2}`],
    ['a member twice inside', '{"x":[{"b":1, "b" :2}]}'],
    ['a member twice around a nested object', '{"a":{"a":1},"a":2}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['text', '"text"'],
    ['an array', '[{}]'],
    ['null', 'null'],
    ['a number', '9007199254740993'],
    ['nothing', ''],
    ['half an object', '{"a":'],
    ['a byte order mark', '\ufeff{}'],
  ]
  for (const [title, text] of refused) it(`refuses ${title}`, () => assert.throws(() => parse(text), TokenError))

  it('refuses bytes that are not UTF-8', () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    assert.throws(() => parseTokenPart(bytes, 'payload'), /UTF-8/)
  })

  it('takes equal names in different objects', () => {
    assert.deepEqual(parse('{"a":[{"b":1},{"b":2}],"b":3}'), { a: [{ b: 1 }, { b: 2 }], b: 3 })
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalText, wholeNumber } from './decimal-text.js'

test('a number keeps its value and loses its exponent', () => {
  const texts: [text: string, plain: string | undefined][] = [
    ['1.50', '1.5'],
    ['007', '7'],
    ['-0.0', '0'],
    ['1e3', '1000'],
    ['1.25e1', '12.5'],
    ['125e-2', '1.25'],
    ['1e-5', '0.00001'],
    ['-12.5e-3', '-0.0125'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['', undefined],
    ['.', undefined],
    ['1e999999999', undefined],
    ['0x10', undefined],
    ['abc', undefined],
  ]
  for (const [text, plain] of texts) assert.equal(decimalText(text), plain, text)
})

test('whole numbers fit in 64 bits, with sign or without', () => {
  assert.equal(wholeNumber('18446744073709551615'), 2n ** 64n - 1n)
  assert.equal(wholeNumber('-9223372036854775808'), -(2n ** 63n))
  assert.equal(wholeNumber('1.0'), 1n)
  for (const text of ['18446744073709551616', '-9223372036854775809', '1.5', 'x']) {
    assert.equal(wholeNumber(text), undefined, text)
  }
})

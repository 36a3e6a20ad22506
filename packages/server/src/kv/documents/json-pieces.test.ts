import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { elementsOf, firstValue, meaningOf, membersOf } from './json-pieces.js'

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

describe('The pieces of a JSON text', () => {
  const space = fc.constantFrom(undefined, 1, ' \n')

  test('mean what the text means', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), space, (array, spaces) => {
        const elements = elementsOf(latin1(JSON.stringify(array, null, spaces)))
        // JSON.stringify writes -0 as 0.
        assert.deepEqual(elements.map(meaningOf), JSON.parse(JSON.stringify(array)))
      }),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), space, (object, spaces) => {
        const members = membersOf(latin1(JSON.stringify(object, null, spaces)))
        assert.deepEqual(
          members.map(([name, value]) => [name, meaningOf(value)]),
          Object.entries(JSON.parse(JSON.stringify(object))),
        )
      }),
    )
  })

  test('are as they were written', () => {
    assert.deepEqual(elementsOf('[ 1.0 ,{"a" : [ ]}, "x,]" ]'), ['1.0', '{"a" : [ ]}', '"x,]"'])
    assert.deepEqual(membersOf('{"a":1e5,"a":{"b":2}}'), [
      ['a', '1e5'],
      ['a', '{"b":2}'],
    ])
  })

  test('the first value ends where it ends', () => {
    assert.equal(firstValue('[1,[2]] trailing ]'), '[1,[2]]')
    assert.equal(firstValue(' \t\r\n[1]\n'), '[1]', 'and begins behind the blanks')
    assert.equal(firstValue('\v"[1]'), '\v"[1]', 'which nothing else is')
    assert.equal(firstValue('null null'), 'null')
    assert.equal(firstValue('"a]" 1'), '"a]"')
    assert.equal(firstValue(''), undefined)
    assert.equal(firstValue('[1'), undefined)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ApiError } from '../errors.js'
import { type Conditions, outcomeOf, parseConditions } from './conditions.js'

const strong = (opaque: string) => ({ opaque, weak: false })
const weak = (opaque: string) => ({ opaque, weak: true })
const ifNoneMatch = (header: string) => parseConditions({ 'if-none-match': header }).ifNoneMatch

describe('parseConditions', () => {
  it('reads one tag, lists, weak tags, empty members and *', () => {
    assert.deepEqual(parseConditions({}), { ifMatch: undefined, ifNoneMatch: undefined })
    assert.deepEqual(ifNoneMatch('"a"'), [strong('a')])
    assert.deepEqual(ifNoneMatch(' W/"a" ,"b", , "" '), [weak('a'), strong('b'), strong('')])
    assert.deepEqual(ifNoneMatch('"a,b","*"'), [strong('a,b'), strong('*')])
    assert.deepEqual(ifNoneMatch(' * '), '*')
    assert.deepEqual(parseConditions({ 'if-match': '"a"' }).ifMatch, [strong('a')])
  })

  it('refuses everything else', () => {
    for (const header of ['', ' ', ',', 'a', '"a', 'a"', '"a" "b"', 'w/"a"', 'W/ "a"', '*, "a"', '"a", *', '"a b"']) {
      assert.throws(() => ifNoneMatch(header), isBadHeader, JSON.stringify(header))
    }
  })

  it('reads every list of tags that can be written', () => {
    const opaque = fc.stringMatching(/^[\x21\x23-\x7e\x80-\xff]{0,30}$/)
    const tag = fc.tuple(opaque, fc.boolean()).map(([text, isWeak]) => (isWeak ? weak(text) : strong(text)))
    const comma = fc.constantFrom(',', ' , ', ',\t,', ', ')
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1 }), comma, (tags, between) => {
        const header = tags.map(({ opaque: text, weak: isWeak }) => `${isWeak ? 'W/' : ''}"${text}"`).join(between)
        assert.deepEqual(ifNoneMatch(header), tags)
      }),
    )
  })

  it('reads a long header in linear time', () => {
    assert.throws(() => ifNoneMatch(`"a"${' '.repeat(60_000)}x`), isBadHeader)
    assert.equal(ifNoneMatch(Array(10_000).fill('"a"').join(', '))?.length, 10_000)
  })
})

describe('outcomeOf', () => {
  const outcome = (conditions: Partial<Conditions>, tag: string | undefined) =>
    outcomeOf({ ifMatch: undefined, ifNoneMatch: undefined, ...conditions }, tag)

  it('compares weakly for If-None-Match', () => {
    assert.equal(outcome({}, 'a'), 'send')
    assert.equal(outcome({ ifNoneMatch: [strong('b'), weak('a')] }, 'a'), 'not-modified')
    assert.equal(outcome({ ifNoneMatch: [strong('b')] }, 'a'), 'send')
    assert.equal(outcome({ ifNoneMatch: '*' }, 'a'), 'not-modified')
  })

  it('compares strongly for If-Match, which goes first', () => {
    assert.equal(outcome({ ifMatch: [strong('a')] }, 'a'), 'send')
    assert.equal(outcome({ ifMatch: [weak('a')] }, 'a'), 'failed')
    assert.equal(outcome({ ifMatch: [strong('b')], ifNoneMatch: '*' }, 'a'), 'failed')
    assert.equal(outcome({ ifMatch: '*', ifNoneMatch: [strong('a')] }, 'a'), 'not-modified')
  })

  it('knows rows without a tag by * only', () => {
    assert.equal(outcome({ ifNoneMatch: [strong('a')] }, undefined), 'send')
    assert.equal(outcome({ ifNoneMatch: '*' }, undefined), 'not-modified')
    assert.equal(outcome({ ifMatch: [strong('a')] }, undefined), 'failed')
    assert.equal(outcome({ ifMatch: '*' }, undefined), 'send')
  })
})

const isBadHeader = (error: unknown): boolean => error instanceof ApiError && error.code === 'bad_header'

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { forRun, isLongRun } from '@easyrest/protocol/testing'
import fc from 'fast-check'
import { parserCases } from './test-support/parser-cases.js'
import type { ParserCase } from './test-support/parsers/parser-case.js'

describe('whatever a client sends, a parser answers or refuses it', () => {
  for (const parser of parserCases) {
    it(parser.name, () => {
      for (const sample of parser.samples) parser.parse(sample)
      fc.assert(
        fc.property(textsFor(parser), (text) => answersOrRefuses(parser, text)),
        { numRuns: forRun(500, 10_000) },
      )
    })
  }

  it('control: a parser that fails otherwise is found', () => {
    const broken = { ...parserCases[0]!, parse: (text: string) => /\(\(|"{2}|%%/.test(text) && JSON.parse(text) }
    assert.throws(() =>
      fc.assert(
        fc.property(textsFor(broken), (text) => answersOrRefuses(broken, text)),
        { numRuns: 5000 },
      ),
    )
  })
})

// CPU time, which others that use the machine do not change. With eight times the text a parser that is quadratic takes 64
// times as long.
describe('eight times the text takes about eight times as long', () => {
  for (const parser of parserCases) {
    it(parser.name, (t) => {
      let slowest = { text: '', ms: 0 }
      for (const [title, ofLength] of [...repeatedWords(parser), ...repeatedPairs(parser)]) {
        const small = cpuMs(parser, ofLength(kilobytes(8)))
        const large = cpuMs(parser, ofLength(kilobytes(64)))
        assert.ok(large <= 24 * Math.max(small, 1), `${title}: ${small} ms for 8 KB, ${large} ms for 64 KB`)
        if (isLongRun) assert.ok(large <= 50, `${title}: ${large} ms for 64 KB`)
        if (large > slowest.ms) slowest = { text: title, ms: large }
      }
      t.diagnostic(`${parser.name}: at most ${slowest.ms.toFixed(1)} ms of CPU for 64 KB (${slowest.text})`)
    })
  }

  it('control: one that is quadratic is found', () => {
    const slow: ParserCase = { ...parserCases[0]!, parse: (text) => /\s+$/.test(`${text}x`) }
    const blanks = (length: number) => ' '.repeat(length)
    assert.ok(cpuMs(slow, blanks(kilobytes(64))) > 24 * Math.max(cpuMs(slow, blanks(kilobytes(8))), 1))
  })
})

// A regular expression that repeats a group keeps every turn in memory, which ends at some megabytes.
describe('a body of eight megabytes is answered or refused too', () => {
  for (const parser of parserCases.filter(({ name }) => /^(JSON|NDJSON|CSV|form$|statement|batch)/.test(name))) {
    it(parser.name, { skip: !isLongRun && 'half a minute: in npm run test:faults' }, () => {
      for (const [, ofLength] of repeatedWords(parser)) answersOrRefuses(parser, ofLength(kilobytes(8192)))
    })
  }

  it('a value of a batch', () => {
    const batch = parserCases.find(({ name }) => name.startsWith('batch'))!
    answersOrRefuses(batch, `[{"key":"a","value":"${'AAAA'.repeat(kilobytes(2048))}"}]`)
  })

  it('control: one that repeats a group is found', () => {
    const groups: ParserCase = { ...parserCases[0]!, parse: (text) => /^(?:[A-Z]{4})*$/.test(text) }
    assert.throws(() => answersOrRefuses(groups, 'AAAA'.repeat(kilobytes(2048))), RangeError)
  })
})

function answersOrRefuses({ parse, isRefusal }: ParserCase, text: string): void {
  try {
    parse(text)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
}

/** Texts of the parser's own words, samples with a few places changed, and anything. */
function textsFor({ words, samples }: ParserCase): fc.Arbitrary<string> {
  const word = fc.constantFrom(...words)
  const anything = fc.string({ unit: 'binary', maxLength: 5 })
  const pieces = fc.array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: anything }), {
    maxLength: 40,
  })
  const edit = fc.record({ at: fc.nat(200), remove: fc.nat(3), insert: fc.oneof(word, anything) })
  const mutated = fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([sample, edits]) => edits.reduce(applyEdit, sample))
  return fc.oneof(
    { weight: 4, arbitrary: pieces.map((list) => list.join('')) },
    { weight: 4, arbitrary: mutated },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  )
}

function applyEdit(text: string, { at, remove, insert }: { at: number; remove: number; insert: string }): string {
  const position = at % (text.length + 1)
  return text.slice(0, position) + insert + text.slice(position + remove)
}

type Hostile = readonly [title: string, ofLength: (length: number) => string]

/** One word again and again, alone and behind an accepted text. */
function repeatedWords({ words, samples }: ParserCase): Hostile[] {
  return words.flatMap((word) => ['', ...samples.slice(0, 1)].map((start) => repeated(word, start)))
}

/** Two words in turn, in the long run. */
function repeatedPairs({ words }: ParserCase): Hostile[] {
  return isLongRun ? words.flatMap((word) => words.map((other) => repeated(word + other, ''))) : []
}

function repeated(unit: string, start: string): Hostile {
  const title = `${JSON.stringify(unit)} behind ${JSON.stringify(start)}`
  return [title, (length) => start + unit.repeat(Math.floor(length / unit.length))]
}

/** The best of three, in ms: the first compiles, and any may meet the garbage collector. */
function cpuMs(parser: ParserCase, text: string): number {
  return Math.min(...[1, 2, 3].map(() => oneCpuMs(parser, text)))
}

function oneCpuMs(parser: ParserCase, text: string): number {
  const before = process.cpuUsage()
  answersOrRefuses(parser, text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function kilobytes(count: number): number {
  return count * 1024
}

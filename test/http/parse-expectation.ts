import { parseRestriction } from './parse-restriction.js'
import type { Exchange, Expectation, ExpectedBody, ExpectedHeader } from './transcript.js'
import { parseHeader, type TranscriptLines } from './transcript-lines.js'

export const isAnswer = (line: string): boolean => line.startsWith('< ')

/** The answer of every kind of database that is not named behind it. */
export function parseExpectation(lines: TranscriptLines): Expectation {
  const [, status] = /^< ([1-5]\d\d)$/.exec(lines.current ?? '') ?? []
  if (status !== undefined) return parseAnswer(lines, Number(status))
  throw lines.error(lines.number, `expected an answer such as "< 200", got "${lines.current ?? 'the end'}"`)
}

/** Answers that begin `< 400 on sqlite: the reason`. */
export function parseElsewhere(lines: TranscriptLines): Exchange['elsewhere'] {
  const elsewhere: Exchange['elsewhere'][number][] = []
  for (lines.skipBlank(); lines.current !== undefined && isAnswer(lines.current); lines.skipBlank()) {
    const [, status, restriction = ''] = /^< ([1-5]\d\d)(?: on (.*))?$/.exec(lines.current) ?? []
    const kinds = parseRestriction(lines, lines.number, restriction)
    elsewhere.push({ ...kinds, expected: parseAnswer(lines, Number(status)) })
  }
  return elsewhere
}

function parseAnswer(lines: TranscriptLines, status: number): Expectation {
  const line = lines.number
  lines.next()
  const headers: ExpectedHeader[] = []
  for (; lines.current && !isBody(lines.current); lines.next()) headers.push(parseExpectedHeader(lines, lines.current))
  return { line, status, headers, body: lines.current ? parseExpectedBody(lines) : undefined }
}

const bodyLine = /^(body|json|problem):\s?(.*)$/
const isBody = (line: string): boolean => bodyLine.test(line)

function parseExpectedHeader(lines: TranscriptLines, line: string): ExpectedHeader {
  const [name, value] = parseHeader(lines, lines.number, line)
  const [, pattern] = /^\/(.*)\/$/.exec(value) ?? []
  const [, variable] = /^=> (\w+)$/.exec(value) ?? []
  if (value === '(absent)') return { kind: 'absent', name }
  if (variable !== undefined) return { kind: 'capture', name, variable }
  return pattern === undefined
    ? { kind: 'equals', name, value }
    : { kind: 'matches', name, pattern: new RegExp(pattern, 'i') }
}

function parseExpectedBody(lines: TranscriptLines): ExpectedBody {
  const number = lines.number
  const [, kind, first = ''] = bodyLine.exec(lines.current ?? '') ?? []
  lines.next()
  const rest: string[] = []
  for (; lines.current; lines.next()) rest.push(lines.current)
  const text = [first, ...rest].join('\n')
  const [, pattern] = /^\/(.*)\/$/.exec(text) ?? []
  if (kind === 'body' && pattern !== undefined) return { kind: 'matches', pattern: new RegExp(pattern) }
  if (kind === 'body') return { kind: 'bytes', text }
  if (kind === 'json') return { kind: 'json', text }
  return parseProblem(lines, number, text)
}

function parseProblem(lines: TranscriptLines, number: number, text: string): ExpectedBody {
  const [, codes, words = ''] = /^([a-z_|]+)((?: "[^"]*")*)$/.exec(text) ?? []
  if (codes === undefined) {
    throw lines.error(
      number,
      `expected "problem: code" or "problem: code|code "words in detail or hint"", got "${text}"`,
    )
  }
  return {
    kind: 'problem',
    codes: codes.split('|'),
    words: [...words.matchAll(/"([^"]*)"/g)].map((match) => match[1]!),
  }
}

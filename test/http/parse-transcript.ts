import type { Header } from '../support/http.js'
import type {
  Exchange,
  Expectation,
  ExpectedBody,
  ExpectedHeader,
  Target,
  Transcript,
  TranscriptCase,
} from './transcript.js'

/** Throws TranscriptError, whose message begins with file:line. */
export function parseTranscript(file: string, text: string): Transcript {
  const lines = new Lines(file, text)
  const head = parseDirectives(lines, headDirectives)
  const cases: TranscriptCase[] = []
  while (!lines.atEnd) cases.push(parseCase(lines))
  const config = head.get('config')
  if (config === undefined) throw lines.error(1, 'expected a line "@config <name>"')
  refuseDuplicates(lines, cases)
  return {
    file,
    config: config.join(' '),
    headers: (head.get('header') ?? []).map((line) => parseHeader(lines, 1, line)),
    data: (head.get('data') ?? []).join('\n'),
    cases,
  }
}

/** A transcript that cannot be read. */
export class TranscriptError extends Error {
  override readonly name = 'TranscriptError'
}

const headDirectives = ['config', 'header', 'data'] as const
const caseDirectives = ['data', 'skip'] as const
/** Blanks may stand between the braces of a variable only. */
const requestLine = /^([A-Z]+) (\/(?:\{\{[^}]*\}\}|\S)*)$/
const titleLine = /^### (\S+) (.+)$/

/** Lines with a position; comments (a # that does not begin a case) are gone. */
class Lines {
  readonly #lines: readonly string[]
  #index = 0

  constructor(
    readonly file: string,
    text: string,
  ) {
    this.#lines = text.replace(/\n$/, '').split('\n')
  }

  get number(): number {
    return this.#index + 1
  }

  get atEnd(): boolean {
    return this.#index >= this.#lines.length
  }

  /** undefined at the end and before the next case: both end whatever is being read. */
  get current(): string | undefined {
    const line = this.#lines[this.#index]
    return line === undefined || line.startsWith('### ') ? undefined : line
  }

  get title(): string | undefined {
    return this.#lines[this.#index]
  }

  next(): void {
    this.#index++
  }

  skipBlank(): void {
    while (this.current !== undefined && (this.current.trim() === '' || /^#( |$)/.test(this.current))) this.next()
  }

  error(line: number, message: string): TranscriptError {
    return new TranscriptError(`${this.file}:${line}: ${message}`)
  }
}

function parseDirectives(lines: Lines, known: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (lines.skipBlank(); lines.current?.startsWith('@'); lines.skipBlank()) {
    const [, name = '', value = ''] = /^@(\S+)\s*(.*)$/.exec(lines.current) ?? []
    if (!known.includes(name)) throw lines.error(lines.number, `expected one of @${known.join(', @')}, got "@${name}"`)
    found.set(name, [...(found.get(name) ?? []), value])
    lines.next()
  }
  return found
}

function parseCase(lines: Lines): TranscriptCase {
  const line = lines.number
  const [, id, title] = titleLine.exec(lines.title ?? '') ?? []
  if (id === undefined || title === undefined) {
    throw lines.error(line, `expected a case "### <id> <title>", got "${lines.title}"`)
  }
  lines.next()
  const directives = parseDirectives(lines, caseDirectives)
  const exchanges: Exchange[] = []
  for (lines.skipBlank(); lines.current !== undefined; lines.skipBlank()) exchanges.push(parseExchange(lines))
  if (exchanges.length === 0) throw lines.error(line, `case ${id} has no request`)
  return {
    id,
    title,
    line,
    data: directives.get('data')?.join('\n'),
    skip: directives.get('skip')?.join(' '),
    exchanges,
  }
}

function parseExchange(lines: Lines): Exchange {
  const line = lines.number
  const targets = parseTargets(lines)
  if (targets.length === 0) {
    throw lines.error(line, `expected a request line such as "GET /api/t/users/", got "${lines.current}"`)
  }
  const headers: Header[] = []
  for (; lines.current !== undefined && lines.current !== '' && !isAnswer(lines.current); lines.next()) {
    headers.push(parseHeader(lines, lines.number, lines.current))
  }
  return { line, targets, headers, body: parseBody(lines), expected: parseExpectation(lines) }
}

function parseTargets(lines: Lines): Target[] {
  const targets: Target[] = []
  for (let match = requestLine.exec(lines.current ?? ''); match; match = requestLine.exec(lines.current ?? '')) {
    targets.push({ line: lines.number, method: match[1]!, target: match[2]! })
    lines.next()
  }
  return targets
}

const isAnswer = (line: string): boolean => line.startsWith('< ')

function parseHeader(lines: Lines, number: number, line: string): Header {
  const [, name, value] = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line) ?? []
  if (name === undefined || value === undefined) throw lines.error(number, `expected "Name: value", got "${line}"`)
  return [name, value]
}

/** Everything between the blank line and the answer, without the blank lines around it. */
function parseBody(lines: Lines): string | undefined {
  const body: string[] = []
  for (; lines.current !== undefined && !isAnswer(lines.current); lines.next()) body.push(lines.current)
  const text = body.join('\n').replace(/^\n+|\n+$/g, '')
  return text === '' ? undefined : text
}

function parseExpectation(lines: Lines): Expectation {
  const line = lines.number
  const [, status] = /^< ([1-5]\d\d)$/.exec(lines.current ?? '') ?? []
  if (status === undefined)
    throw lines.error(line, `expected an answer such as "< 200", got "${lines.current ?? 'the end'}"`)
  lines.next()
  const headers: ExpectedHeader[] = []
  for (; lines.current && !isBody(lines.current); lines.next()) headers.push(parseExpectedHeader(lines, lines.current))
  return { line, status: Number(status), headers, body: lines.current ? parseExpectedBody(lines) : undefined }
}

const bodyLine = /^(body|json|problem):\s?(.*)$/
const isBody = (line: string): boolean => bodyLine.test(line)

function parseExpectedHeader(lines: Lines, line: string): ExpectedHeader {
  const [name, value] = parseHeader(lines, lines.number, line)
  const [, pattern] = /^\/(.*)\/$/.exec(value) ?? []
  const [, variable] = /^=> (\w+)$/.exec(value) ?? []
  if (value === '(absent)') return { kind: 'absent', name }
  if (variable !== undefined) return { kind: 'capture', name, variable }
  return pattern === undefined
    ? { kind: 'equals', name, value }
    : { kind: 'matches', name, pattern: new RegExp(pattern, 'i') }
}

function parseExpectedBody(lines: Lines): ExpectedBody {
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

function parseProblem(lines: Lines, number: number, text: string): ExpectedBody {
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

function refuseDuplicates(lines: Lines, cases: readonly TranscriptCase[]): void {
  const seen = new Set<string>()
  for (const { id, line } of cases) {
    if (seen.has(id)) throw lines.error(line, `the id ${id} is taken by an earlier case`)
    seen.add(id)
  }
}

import type { Header } from '../support/http.js'
import { isAnswer, parseElsewhere, parseExpectation } from './parse-expectation.js'
import { kindNames, parseRestriction } from './parse-restriction.js'
import type { Exchange, Restriction, Statements, Target, Transcript, TranscriptCase } from './transcript.js'
import { parseHeader, TranscriptLines } from './transcript-lines.js'

/** Throws TranscriptError, whose message begins with file:line. */
export function parseTranscript(file: string, text: string): Transcript {
  const lines = new TranscriptLines(file, text)
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
    data: statementsOf(head),
    only: restrictionOf(lines, 1, head),
    cases,
  }
}

const dataDirectives = ['data', ...kindNames.map((kind) => `data.${kind}`)]
const headDirectives = ['config', 'header', 'only', ...dataDirectives]
const caseDirectives = ['skip', 'only', ...dataDirectives]
/** Blanks may stand between the braces of a variable only. */
const requestLine = /^([A-Z]+) (\/(?:\{\{[^}]*\}\}|\S)*)$/
const titleLine = /^### (\S+) (.+)$/

function parseDirectives(lines: TranscriptLines, known: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (lines.skipBlank(); lines.current?.startsWith('@'); lines.skipBlank()) {
    const [, name = '', value = ''] = /^@(\S+)\s*(.*)$/.exec(lines.current) ?? []
    if (!known.includes(name)) throw lines.error(lines.number, `expected one of @${known.join(', @')}, got "@${name}"`)
    found.set(name, [...(found.get(name) ?? []), value])
    lines.next()
  }
  return found
}

function parseCase(lines: TranscriptLines): TranscriptCase {
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
    data: statementsOf(directives),
    only: restrictionOf(lines, line, directives),
    skip: directives.get('skip')?.join(' '),
    exchanges,
  }
}

function statementsOf(directives: ReadonlyMap<string, string[]>): Statements {
  const kinds = kindNames.filter((kind) => directives.has(`data.${kind}`))
  const byKind = new Map(kinds.map((kind) => [kind, directives.get(`data.${kind}`)!.join('\n')]))
  return { usual: directives.get('data')?.join('\n'), byKind }
}

function restrictionOf(
  lines: TranscriptLines,
  number: number,
  directives: ReadonlyMap<string, string[]>,
): Restriction | undefined {
  const text = directives.get('only')
  return text && parseRestriction(lines, number, text.join(' '))
}

function parseExchange(lines: TranscriptLines): Exchange {
  const line = lines.number
  const targets = parseTargets(lines)
  if (targets.length === 0) {
    throw lines.error(line, `expected a request line such as "GET /api/t/users/", got "${lines.current}"`)
  }
  const headers: Header[] = []
  for (; lines.current !== undefined && lines.current !== '' && !isAnswer(lines.current); lines.next()) {
    headers.push(parseHeader(lines, lines.number, lines.current))
  }
  const body = parseBody(lines)
  const expected = parseExpectation(lines)
  return { line, targets, headers, body, expected, elsewhere: parseElsewhere(lines) }
}

function parseTargets(lines: TranscriptLines): Target[] {
  const targets: Target[] = []
  for (let match = requestLine.exec(lines.current ?? ''); match; match = requestLine.exec(lines.current ?? '')) {
    targets.push({ line: lines.number, method: match[1]!, target: match[2]! })
    lines.next()
  }
  return targets
}

/** Everything between the blank line and the answer, without the blank lines around it. */
function parseBody(lines: TranscriptLines): string | undefined {
  const body: string[] = []
  for (; lines.current !== undefined && !isAnswer(lines.current); lines.next()) body.push(lines.current)
  const text = body.join('\n').replace(/^\n+|\n+$/g, '')
  return text === '' ? undefined : text
}

function refuseDuplicates(lines: TranscriptLines, cases: readonly TranscriptCase[]): void {
  const seen = new Set<string>()
  for (const { id, line } of cases) {
    if (seen.has(id)) throw lines.error(line, `the id ${id} is taken by an earlier case`)
    seen.add(id)
  }
}

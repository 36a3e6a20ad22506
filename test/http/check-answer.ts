import assert from 'node:assert/strict'
import type { HttpAnswer } from '../support/http.js'
import type { Expectation, ExpectedBody, ExpectedHeader } from './transcript.js'

/** Throws an AssertionError that says what differs. Answers the values that the expectation captures. */
export function checkAnswer(expected: Expectation, answer: HttpAnswer, isHead = false): Map<string, string> {
  assert.equal(answer.status, expected.status, `expected status ${expected.status}, got ${answer.status}`)
  const captured = new Map<string, string>()
  for (const header of expected.headers) checkHeader(header, answer, captured)
  if (isHead || answer.status === 204) assert.equal(answer.text(), '', 'expected no body')
  if (expected.body !== undefined) checkBody(expected.body, answer)
  return captured
}

function checkHeader(expected: ExpectedHeader, answer: HttpAnswer, captured: Map<string, string>): void {
  const value = answer.header(expected.name)
  const got = `header ${expected.name}: got ${value === undefined ? 'none' : `"${value}"`}`
  if (expected.kind === 'absent') return assert.equal(value, undefined, `${got}, expected none`)
  if (expected.kind === 'equals') return assert.equal(value, expected.value, `${got}, expected "${expected.value}"`)
  assert.ok(value !== undefined, `${got}, expected one`)
  if (expected.kind === 'matches') return assert.match(value, expected.pattern, `${got}, expected ${expected.pattern}`)
  captured.set(expected.variable, value)
}

function checkBody(expected: ExpectedBody, answer: HttpAnswer): void {
  if (expected.kind === 'bytes') return assert.equal(answer.text(), expected.text)
  if (expected.kind === 'matches') return assert.match(answer.text(), expected.pattern)
  if (expected.kind === 'problem') return checkProblem(expected.codes, expected.words, answer)
  assert.match(answer.header('content-type') ?? '', /^application\/json\b/)
  assert.deepEqual(answer.json(), JSON.parse(expected.text))
}

/** Every error is one document of RFC 9457, and never shows what the database or the runtime said. */
function checkProblem(codes: readonly string[], words: readonly string[], answer: HttpAnswer): void {
  assert.match(answer.header('content-type') ?? '', /^application\/problem\+json\b/)
  const problem = answer.json() as Record<string, unknown>
  assert.ok(codes.includes(String(problem.code)), `expected the code ${codes.join(' or ')}, got ${problem.code}`)
  assert.equal(problem.type, `urn:easyrest:error:${problem.code}`)
  assert.equal(problem.status, answer.status)
  assert.ok(isText(problem.title), 'expected a title')
  assert.ok(isText(problem.request_id), 'expected a request_id')
  assert.doesNotMatch(answer.text(), internals, 'expected neither driver text nor SQL nor a stack')
  const said = `${problem.detail ?? ''} ${problem.hint ?? ''}`
  for (const word of words) assert.ok(said.includes(word), `expected detail or hint to hold "${word}", got "${said}"`)
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

const internals =
  /SQLITE_|SQLSTATE|constraint failed|no such (table|column):|syntax error|incomplete input|\bSELECT .* FROM\b|\bINSERT INTO\b|\bat .*\.[jt]s:\d+|node:internal/

import assert, { AssertionError } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Header, HttpAnswer } from '../support/http.js'
import { checkAnswer } from './check-answer.js'
import type { Expectation, ExpectedBody, ExpectedHeader } from './transcript.js'

/** The controls of every transcript: answers that must not pass, each wrong in one point. */
describe('An answer does not pass', () => {
  const problem = {
    type: 'urn:easyrest:error:bad_json',
    title: 'The body is not valid JSON',
    status: 400,
    code: 'bad_json',
    detail: 'expected a comma',
    request_id: 'r1',
  }
  const problemBody: ExpectedBody = { kind: 'problem', codes: ['bad_json'], words: ['comma'] }

  it('unless it is wrong in some point: the right ones pass', () => {
    checkAnswer(expected(200, { kind: 'bytes', text: '[1]' }), answer(200, '[1]'))
    checkAnswer(expected(200, { kind: 'json', text: '{"b":2, "a":1}' }), answer(200, '{"a":1,"b":2}'))
    checkAnswer(expected(400, problemBody), answer(400, problem))
    checkAnswer(expected(204), answer(204, ''))
  })

  it('with another status', () => refused(expected(200), answer(201, '')))
  it('with a blank more', () => refused(expected(200, { kind: 'bytes', text: '[1]' }), answer(200, '[ 1]')))
  it('with a line feed more', () => refused(expected(200, { kind: 'bytes', text: '[1]' }), answer(200, '[1]\n')))
  it('with a body that does not match', () =>
    refused(expected(200, { kind: 'matches', pattern: /^(?!.*secret)/ }), answer(200, 'a secret')))
  it('with another value', () => refused(expected(200, { kind: 'json', text: '[1]' }), answer(200, '[2]')))
  it('with null for an absent member', () =>
    refused(expected(200, { kind: 'json', text: '[{}]' }), answer(200, '[{"a":null}]')))
  it('as text when JSON was expected', () =>
    refused(expected(200, { kind: 'json', text: '[]' }), answer(200, '[]', [['Content-Type', 'text/plain']])))
  it('with a body on 204', () => refused(expected(204), answer(204, 'x')))
  it('with a body on HEAD', () =>
    assert.throws(() => checkAnswer(expected(200), answer(200, 'x'), true), AssertionError))

  it('with another header value', () =>
    refused(expected(200, undefined, [{ kind: 'equals', name: 'A', value: 'x' }]), answer(200, '', [['a', 'y']])))
  it('without a header', () =>
    refused(expected(200, undefined, [{ kind: 'matches', name: 'A', pattern: /x/ }]), answer(200, '')))
  it('with a header that must be absent', () =>
    refused(expected(200, undefined, [{ kind: 'absent', name: 'A' }]), answer(200, '', [['a', 'y']])))

  it('with another code', () => refused(expected(400, problemBody), answer(400, { ...problem, code: 'bad_body' })))
  it('with the type of another code', () => refused(expected(400, problemBody), answer(400, { ...problem, type: 'x' })))
  it('with another status in the document', () =>
    refused(expected(400, problemBody), answer(400, { ...problem, status: 500 })))
  it('without a request id', () =>
    refused(expected(400, problemBody), answer(400, { ...problem, request_id: undefined })))
  it('without the words', () => refused(expected(400, problemBody), answer(400, { ...problem, detail: 'expected' })))
  it('with text of the driver', () =>
    refused(expected(400, problemBody), answer(400, { ...problem, hint: 'UNIQUE constraint failed: users.id' })))
  it('with a problem as plain JSON', () =>
    refused(expected(400, problemBody), answer(400, problem, [['Content-Type', 'application/json']])))
})

function refused(expectation: Expectation, given: HttpAnswer): void {
  assert.throws(() => checkAnswer(expectation, given), AssertionError)
}

function expected(status: number, body?: ExpectedBody, headers: ExpectedHeader[] = []): Expectation {
  return { line: 1, status, headers, body }
}

function answer(status: number, content: string | object, headers?: Header[]): HttpAnswer {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const type = typeof content === 'string' ? 'application/json' : 'application/problem+json'
  const all: Header[] = headers ?? [['Content-Type', type]]
  return {
    status,
    headers: all,
    body: Buffer.from(text),
    durationMs: 0,
    header: (name) => all.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1],
    text: () => text,
    json: () => JSON.parse(text),
  }
}

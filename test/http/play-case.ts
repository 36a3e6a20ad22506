import { AssertionError } from 'node:assert/strict'
import type { Header, HttpAnswer, HttpRequest } from '../support/http.js'
import { send } from '../support/http.js'
import type { Claims } from '../support/token.js'
import { checkAnswer } from './check-answer.js'
import {
  type Exchange,
  type Expectation,
  type ExpectedHeader,
  expectedOn,
  type Target,
  type Transcript,
  type TranscriptCase,
} from './transcript.js'
import { substitute } from './variables.js'

/** Sends the requests of a case in order to a server whose database is of this kind. Throws an AssertionError that shows place, request and answer. */
export async function playCase(
  transcript: Transcript,
  { exchanges }: TranscriptCase,
  kind: string,
  origin: string,
  claims: Claims,
): Promise<void> {
  const captured = new Map<string, string>()
  for (const exchange of exchanges) {
    const usual = expectedOn(kind, exchange)
    for (const target of exchange.targets) {
      const fill = (text: string): string => substitute(text, claims, captured)
      const request = requestOf(transcript, exchange, target, origin, fill)
      const expected = {
        ...usual,
        headers: usual.headers.map((header) => filled(header, fill)),
      }
      await playRequest(request, expected, `${transcript.file}:${target.line}`, captured)
    }
  }
}

async function playRequest(
  request: HttpRequest,
  expected: Expectation,
  place: string,
  captured: Map<string, string>,
): Promise<void> {
  const answer = await send(request)
  try {
    for (const [name, value] of checkAnswer(expected, answer, request.method === 'HEAD')) captured.set(name, value)
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error
    const message = `${error.message}\n\n${place}\n${showRequest(request)}\n\n${showAnswer(answer)}`
    throw new AssertionError({ message, actual: error.actual, expected: error.expected, operator: error.operator })
  }
}

function requestOf(
  transcript: Transcript,
  exchange: Exchange,
  { method, target }: Target,
  origin: string,
  fill: (text: string) => string,
): HttpRequest {
  const headers = withDefaults(exchange, transcript.headers).map(([name, value]): Header => [name, fill(value)])
  const body = exchange.body === undefined ? {} : { body: fill(exchange.body) }
  return { origin, method, target: fill(target), headers, ...body }
}

const filled = (header: ExpectedHeader, fill: (text: string) => string): ExpectedHeader =>
  header.kind === 'equals' ? { ...header, value: fill(header.value) } : header

/** A header that the case names replaces the file's; with no value it is not sent at all. */
function withDefaults({ headers, body }: Exchange, defaults: readonly Header[]): Header[] {
  const named = new Set(headers.map(([name]) => name.toLowerCase()))
  const json: Header[] = body === undefined ? [] : [['Content-Type', 'application/json']]
  // The file's may be another type.
  const usual = new Map([...json, ...defaults].map((header) => [header[0].toLowerCase(), header]))
  const added = [...usual.values()].filter(([name]) => !named.has(name.toLowerCase()))
  return [...added, ...headers.filter(([, value]) => value !== '')]
}

function showRequest({ method, target, headers = [], body }: HttpRequest): string {
  const shown = headers.map(([name, value]) => `${name}: ${/^authorization$/i.test(name) ? '(token)' : value}`)
  return [`${method} ${target}`, ...shown, ...(body === undefined ? [] : ['', String(body)])].join('\n')
}

function showAnswer({ status, headers, text }: HttpAnswer): string {
  return [`< ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', text()].join('\n')
}

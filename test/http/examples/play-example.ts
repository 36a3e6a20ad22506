import assert, { AssertionError } from 'node:assert/strict'
import { type Header, type HttpAnswer, send } from '../../support/http.js'
import { signToken } from '../../support/token.js'
import type { ExampleExchange } from './parse-examples.js'

/** What the examples of a document have in common. */
export interface ExampleDocument {
  readonly file: string
  /** Of the token, where an example names none. */
  readonly scope: string
}

/** Sends an example and compares the answer with the one that the document shows. `…` stands for anything. */
export async function playExample(
  origin: string,
  example: ExampleExchange,
  document: ExampleDocument = apiDocument,
): Promise<void> {
  const { method, target, body } = example
  const headers = [...credentials(example, document), ...contentType(example), ...example.headers]
  const answer = await send({ origin, target, method, headers, ...(body === '' ? {} : { body }) })
  try {
    checkAnswer(example.answer, answer)
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error
    const shown = [`HTTP/1.1 ${answer.status}`, ...answer.headers.map(([name, value]) => `${name}: ${value}`), '']
    const message = `${document.file}:${example.line}: ${method} ${target}\n${error.message}\n\n${shown.join('\n')}\n${answer.text()}`
    throw new AssertionError({ message, actual: error.actual, expected: error.expected, operator: error.operator })
  }
}

const apiDocument: ExampleDocument = { file: 'docs/api.md', scope: 'read write' }

const credentials = ({ scope }: ExampleExchange, document: ExampleDocument): Header[] =>
  scope === null
    ? []
    : [['Authorization', `Bearer ${signToken({ sub: 'alice', country: 'DE', scope: scope ?? document.scope })}`]]

// As most clients do; a document would only be longer with it.
const contentType = ({ headers, body }: ExampleExchange): Header[] =>
  body === '' || headers.some(([name]) => name.toLowerCase() === 'content-type')
    ? []
    : [['Content-Type', 'application/json']]

function checkAnswer({ status, headers, body }: ExampleExchange['answer'], answer: HttpAnswer): void {
  assert.equal(answer.status, status)
  for (const [name, value] of headers) assert.match(`${answer.header(name)}`, pattern(value), name)
  const text = answer.text().replaceAll('\r\n', '\n').trim()
  if (
    /^[[{]/.test(body) &&
    /^application\/(problem\+|vnd\.pgrst\.object\+)?json/.test(answer.header('content-type') ?? '')
  ) {
    assert.deepEqual(likened(JSON.parse(text), JSON.parse(body)), JSON.parse(body))
  } else assert.match(text, pattern(body))
}

const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('…')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^]*')}$`,
  )

/** The value, with `…` where the document has that, and with those of its members that the document shows when it has a `…`. */
function likened(value: unknown, shown: unknown): unknown {
  if (typeof shown === 'string' && shown.includes('…')) return pattern(shown).test(String(value)) ? shown : value
  if (Array.isArray(value) && Array.isArray(shown)) return value.map((item, index) => likened(item, shown[index]))
  if (!isObject(value) || !isObject(shown)) return value
  const members = Object.entries(value).filter(([name]) => !('…' in shown) || name in shown)
  const known = Object.fromEntries(members.map(([name, item]) => [name, likened(item, shown[name])]))
  return '…' in shown ? { ...known, '…': shown['…'] } : known
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

import type { Header, HttpAnswer } from './http.js'
import type { TestServer } from './start-server.js'

/** A request of a script on a web page. */
export interface PageRequest {
  readonly origin: string
  readonly target: string
  readonly method?: string
  readonly headers?: readonly Header[]
  readonly body?: string
  /** As in fetch: 'include' sends what the browser holds. */
  readonly credentials?: boolean
}

/** What the script gets: a reason to fail, or an answer of which it sees `headers` only. */
export type PageAnswer =
  | { readonly blocked: string }
  | { readonly status: number; readonly text: string; readonly headers: ReadonlyMap<string, string> }

/** Asks as a browser does, by the rules of the Fetch standard, section "HTTP fetch" (CORS protocol). Names are in lower case. */
export async function askAsPage(server: TestServer, request: PageRequest): Promise<PageAnswer> {
  const { origin, target, method = 'GET', headers = [], body, credentials = false } = request
  if (needsPreflight(method, headers)) {
    const problem = preflightProblem(await preflight(server, request), request)
    if (problem !== undefined) return { blocked: `preflight: ${problem}` }
  }
  const answer = await server.request(target, {
    method,
    headers: [['Origin', origin], ...headers],
    ...(body === undefined ? {} : { body }),
  })
  const problem = sharingProblem(answer, origin, credentials)
  if (problem !== undefined) return { blocked: problem }
  return { status: answer.status, text: answer.text(), headers: visibleHeaders(answer) }
}

export function preflight(server: TestServer, { origin, target, method = 'GET', headers = [] }: PageRequest) {
  const names = unsafeNames(headers).sort().join(',')
  return server.request(target, {
    method: 'OPTIONS',
    headers: [
      ['Origin', origin],
      ['Access-Control-Request-Method', method],
      ...(names === '' ? [] : [['Access-Control-Request-Headers', names] as const]),
    ],
  })
}

function needsPreflight(method: string, headers: readonly Header[]): boolean {
  return !safeMethods.includes(method) || unsafeNames(headers).length > 0
}

function preflightProblem(answer: HttpAnswer, request: PageRequest): string | undefined {
  const { origin, method = 'GET', headers = [], credentials = false } = request
  const problem = sharingProblem(answer, origin, credentials)
  if (problem !== undefined) return problem
  if (answer.status < 200 || answer.status > 299) return `status ${answer.status}`
  const methods = listOf(answer, 'access-control-allow-methods')
  if (!safeMethods.includes(method) && !methods.includes(method)) return `method ${method}`
  const allowed = listOf(answer, 'access-control-allow-headers').map((name) => name.toLowerCase())
  const refused = unsafeNames(headers).find((name) => !allowed.includes(name))
  return refused === undefined ? undefined : `header ${refused}`
}

function sharingProblem(answer: HttpAnswer, origin: string, credentials: boolean): string | undefined {
  const allowed = answer.header('access-control-allow-origin')
  if (allowed !== origin && (allowed !== '*' || credentials)) return `origin ${allowed ?? 'not named'}`
  if (credentials && answer.header('access-control-allow-credentials') !== 'true') return 'credentials'
  return undefined
}

function visibleHeaders(answer: HttpAnswer): ReadonlyMap<string, string> {
  const exposed = new Set([
    ...listOf(answer, 'access-control-expose-headers').map((name) => name.toLowerCase()),
    ...safe,
  ])
  const names = new Set(answer.headers.map(([name]) => name.toLowerCase()))
  return new Map([...names].filter((name) => exposed.has(name)).map((name) => [name, answer.header(name) ?? '']))
}

function unsafeNames(headers: readonly Header[]): string[] {
  return headers.filter(([name, value]) => !isSafe(name.toLowerCase(), value)).map(([name]) => name.toLowerCase())
}

function isSafe(name: string, value: string): boolean {
  if (name === 'content-type')
    return /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/.test(value)
  return ['accept', 'accept-language', 'content-language'].includes(name)
}

function listOf(answer: HttpAnswer, name: string): string[] {
  return (answer.header(name) ?? '').split(',').map((item) => item.trim())
}

const safeMethods = ['GET', 'HEAD', 'POST']
const safe = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]

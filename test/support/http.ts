import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { performance } from 'node:perf_hooks'

export type Header = readonly [name: string, value: string]

export interface HttpRequest {
  /** Where the server listens: http://127.0.0.1:8080 */
  readonly origin: string
  /** Path and query exactly as they go over the wire. */
  readonly target: string
  readonly method?: string
  /** In this order, repeated names included. */
  readonly headers?: readonly Header[]
  readonly body?: string | Uint8Array
  /** The certificate to trust, for https. */
  readonly ca?: string
  readonly timeoutMs?: number
  /** Keeps connections for further requests; by default each has its own. */
  readonly agent?: Agent
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: readonly Header[]
  /** As it came over the wire, never decoded. */
  readonly body: Buffer
  readonly durationMs: number
  /** Values of a header in any case, joined as RFC 9110 section 5.3 says; undefined when it is absent. */
  header(name: string): string | undefined
  text(): string
  json(): unknown
}

/** One request. Rejects when the connection breaks before the answer is complete. */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  const started = performance.now()
  const response = await open(request)
  const body = await readBody(response)
  return answerOf(response, body, performance.now() - started)
}

function open(request: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = outgoingRequest(request)
    const timeoutMs = request.timeoutMs ?? 15_000
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    outgoing.on('close', () => clearTimeout(timer))
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(request.body)
  })
}

function outgoingRequest({
  origin,
  target,
  method = 'GET',
  headers = [],
  body,
  ca,
  agent,
}: HttpRequest): ClientRequest {
  const { protocol, hostname, port } = new URL(origin)
  const options = {
    hostname,
    port,
    path: target,
    method,
    agent: agent ?? (false as const),
    // An array of names and values is sent as it is: nothing is added, folded or reordered.
    headers: [...framing(`${hostname}:${port}`, headers, body), ...headers].flat(),
  }
  return protocol === 'https:'
    ? httpsRequest({ ...options, ...(ca === undefined ? {} : { ca }) })
    : httpRequest(options)
}

function framing(host: string, headers: readonly Header[], body: string | Uint8Array | undefined): Header[] {
  const sent = new Set(headers.map(([name]) => name.toLowerCase()))
  const added: Header[] = [
    ['Host', host],
    ['Connection', 'close'],
  ]
  if (body !== undefined && !sent.has('transfer-encoding')) {
    added.push(['Content-Length', String(Buffer.byteLength(body))])
  }
  return added.filter(([name]) => !sent.has(name.toLowerCase()))
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  if (!response.complete) throw new Error('the connection broke before the answer was complete')
  return Buffer.concat(pieces)
}

function answerOf(response: IncomingMessage, body: Buffer, durationMs: number): HttpAnswer {
  const headers = pairs(response.rawHeaders)
  return {
    status: response.statusCode ?? 0,
    headers,
    body,
    durationMs,
    header: (name) => joined(headers, name),
    text: () => body.toString('utf8'),
    json: () => JSON.parse(body.toString('utf8')),
  }
}

function pairs(raw: readonly string[]): Header[] {
  const headers: Header[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) headers.push([raw[index]!, raw[index + 1]!])
  return headers
}

function joined(headers: readonly Header[], name: string): string | undefined {
  const values = headers.filter(([other]) => other.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(', ')
}

import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '../response/http-response.js'

/** Writes an answer; a HEAD gets the headers only. */
export const sendResponse = (
  response: ServerResponse,
  { status, headers, body }: HttpResponse,
  extraHeaders: Readonly<Record<string, string>>,
): void => {
  if (response.headersSent || response.destroyed) return
  const isHead = response.req.method === 'HEAD'
  const length: Record<string, number> = body === undefined ? {} : { 'Content-Length': body.length }
  response.writeHead(status, { ...headers, ...extraHeaders, ...length })
  response.end(isHead ? undefined : body)
}

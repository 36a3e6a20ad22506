import { request as httpRequest, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Header } from './http.js'

/** Sends a GET; the body is read as the caller likes. */
export function openAnswer(origin: string, target: string, headers: readonly Header[] = []): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${origin}${target}`, { agent: false, headers: Object.fromEntries(headers) }, resolve)
    request.on('error', reject)
    request.end()
  })
}

/** Reads a body at so many bytes a second for some time, then as fast as it comes. Answers its length. */
export async function readPaced(answer: IncomingMessage, bytesPerSecond: number, pacedMs: number): Promise<number> {
  const started = performance.now()
  let length = 0
  for await (const piece of answer) {
    length += (piece as Buffer).length
    const due = Math.min((length / bytesPerSecond) * 1000, pacedMs)
    const early = due - (performance.now() - started)
    if (early > 0) await sleep(early)
  }
  return length
}

import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Header } from './http.js'

export interface KeptRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly Header[]
  readonly body: string | undefined
}

/** Asks for statuses, many thousand of them, over a few connections that stay open. */
export interface KeptClient {
  /** Asks again where the server says 503, as it does on a machine that has other work. */
  status(request: KeptRequest): Promise<number>
  /** Runs `work` on every item, as many at a time as there are connections. */
  each<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]>
  close(): void
}

export function keptClient(origin: string, connections = 4): KeptClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port, host } = new URL(origin)
  const once = async ({ method, target, headers, body }: KeptRequest): Promise<number> => {
    const length: Header[] = body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body))]]
    const all = [['Host', host], ...length, ...headers].flat()
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ agent, hostname, port, method, path: target, headers: all }, resolve).on('error', reject).end(body)
    })
    for await (const _piece of response);
    return response.statusCode ?? 0
  }
  const status = async (asked: KeptRequest): Promise<number> => {
    for (let pauseMs = 10; ; pauseMs *= 2) {
      const answer = await once(asked)
      if (answer !== 503 || pauseMs > 5000) return answer
      await sleep(pauseMs)
    }
  }
  return {
    status,
    each: (items, work) => inTurns(items, work, connections),
    close: () => agent.destroy(),
  }
}

async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce: number,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const runner = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!)
  }
  await Promise.all(Array.from({ length: atOnce }, runner))
  return results
}

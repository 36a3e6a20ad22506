import { setTimeout as sleep } from 'node:timers/promises'
import { type HttpAnswer, send } from '../../support/http.js'
import type { TestServer } from '../../support/start-server.js'
import type { Position } from './position.js'

/** What an attack of one position has shown. */
export interface AttackResult {
  readonly sent: number
  /** Texts that the server took: the answer was 2xx. */
  readonly accepted: readonly string[]
  /** Answers that show a fault: a status of our own failure, or what a driver said. */
  readonly faults: readonly string[]
}

/** Puts every text into the position. Rejects when the server does not answer. */
export async function attack(server: TestServer, position: Position, texts: readonly string[]): Promise<AttackResult> {
  const accepted: string[] = []
  const faults: string[] = []
  const waiting = texts.map((text) => ({ text, request: position.request(text) }))
  const requests = waiting.filter(({ request }) => request !== undefined)
  const sent = requests.length
  const work = async (): Promise<void> => {
    for (let next = requests.pop(); next !== undefined; next = requests.pop()) {
      const answer = await send({ origin: server.origin, ...next.request!, timeoutMs: 60_000 })
      // On a busy machine: it was refused before it was looked at.
      if (answer.status === 503 && answer.text().includes('"overloaded"')) {
        requests.push(next)
        await sleep(100)
        continue
      }
      if (answer.status < 300) accepted.push(next.text)
      const fault = faultOf(answer, next.text)
      if (fault !== undefined) faults.push(`${position.name} with ${JSON.stringify(next.text)}: ${fault}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return { sent, accepted, faults }
}

function faultOf(answer: HttpAnswer, text: string): string | undefined {
  // 501 says what the plugin cannot do.
  if (answer.status >= 500 && answer.status !== 501) return `${answer.status} ${answer.text()}`
  const shown = answer.text()
  const found = answer.status < 400 ? null : driverText.exec(shown)
  return found === null || text.includes(found[0]) ? undefined : `driver text "${found[0]}" in ${shown}`
}

/** What SQLite, PostgreSQL, MariaDB and their drivers say, and no text of ours. */
const driverText =
  /SQLITE_\w+|SQLSTATE|constraint failed|no such (table|column|function):|syntax error|incomplete input|unrecognized token|near "|does not exist\b.*\bHINT|You have an error in your SQL|ER_[A-Z_]+|\bat \/.*:\d+:\d+/

import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpAnswer } from '../../support/http.js'
import type { TestServer } from '../../support/start-server.js'
import { askKv, json, type KvRequestOptions } from '../kv-server.js'
import type { Outcome, StoreClient } from './store-client.js'

/** A client of servers that share a database: each request goes to one of them. */
export const httpClient = (servers: readonly TestServer[]): StoreClient => {
  const ask = async <T>(
    method: string,
    key: string,
    read: (answer: HttpAnswer) => T | undefined,
    options: KvRequestOptions = {},
  ): Promise<Outcome<T>> => {
    const server = servers[Math.floor(Math.random() * servers.length)]!
    const answer = await askKv(server, method, key, options)
    const said = read(answer)
    if (said !== undefined) return { answer: said }
    await sleep(5)
    return outcomeOf(answer, method === 'GET')
  }
  const write = (statuses: Readonly<Record<number, boolean>>) => (answer: HttpAnswer) => statuses[answer.status]
  const body = (value: string, headers: KvRequestOptions['headers'] = []) => {
    const { headers: type = [], ...others } = json(value)
    return { ...others, headers: [...type, ...headers] }
  }
  return {
    get: async (key) => {
      const outcome = await ask('GET', `${key}?raw=1`, (answer) =>
        [200, 404].includes(answer.status) ? answer : undefined,
      )
      if (typeof outcome === 'string') return outcome
      const { answer } = outcome
      if (answer.status === 404) return { answer: undefined }
      return { answer: { value: answer.json() as string, revision: answer.header('etag')! } }
    },
    put: (key, value) => ask('PUT', key, write({ 200: true }), body(value)),
    create: (key, value) => ask('PUT', key, write({ 201: true, 412: false }), body(value, [['If-None-Match', '*']])),
    cas: (key, revision, value) =>
      ask('PUT', key, write({ 200: true, 412: false }), body(value, [['If-Match', revision]])),
    delete: (key) => ask('DELETE', key, write({ 200: true, 404: false })),
  }
}

/** What the server says of a failure is taken at its word: what it calls not done must not be found. */
const outcomeOf = (answer: HttpAnswer, isRead: boolean): 'unknown' | 'refused' => {
  const { outcome } = answer.json() as { outcome?: string }
  if (outcome === 'unknown') return 'unknown'
  // A read that met two kills is not tried a third time.
  if (answer.status === 503 || (isRead && [502, 504].includes(answer.status))) return 'refused'
  throw new Error(`unexpected answer ${answer.status}: ${answer.text()}`)
}

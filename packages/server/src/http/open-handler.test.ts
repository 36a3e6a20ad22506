import assert from 'node:assert/strict'
import { Agent, get, type IncomingMessage } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { load } from '../config/test-support/load.js'
import type { Gateway } from '../gateway.js'
import type { Observation } from '../observe/observation.js'
import { type Listener, listen } from './listener.js'
import { openHandler } from './open-handler.js'

/** So long each request keeps the event loop busy. */
const busyMs = 5

describe('More requests than the event loop can do', () => {
  let listener: Listener
  let served = 0
  const seen: Observation[] = []

  before(async () => {
    const { config } = await load('port: 0\nplugins: { a: { uri: "a://b" } }\n')
    const gateway = {
      current: () => ({ config }),
      handler: (request, response, next) => {
        if (!request.url?.startsWith('/api/')) return next()
        const until = performance.now() + busyMs
        while (performance.now() < until);
        served++
        response.end('[]')
      },
    } as Pick<Gateway, 'handler' | 'current'>
    const handler = await openHandler(gateway as Gateway, (observation) => void seen.push(observation))
    listener = await listen(config, handler)
  })
  after(async () => {
    agent.destroy()
    await listener.close(0)
  })

  // A new connection is taken in one per turn of the loop, so it is open ones that make a turn long.
  const agent = new Agent({ keepAlive: true, maxSockets: 300, maxFreeSockets: 300 })

  const ask = (path: string): Promise<IncomingMessage & { text: string }> =>
    new Promise((resolve, reject) => {
      const asked = get(`${listener.address}${path}`, { agent }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('end', () => resolve(Object.assign(response, { text })))
      })
      asked.on('error', reject)
    })

  const flood = (count: number, path = '/api/a/t/') => Promise.all(Array.from({ length: count }, () => ask(path)))
  const shed = () => seen.filter(({ kind }) => kind === 'request-shed').length

  test('are refused before anything of them is looked at, with the time to come back', async () => {
    await flood(300, '/health')
    const answers = await flood(900)
    const refused = answers.filter(({ statusCode }) => statusCode === 503)
    assert.ok(refused.length > 0 && refused.length < answers.length, `${refused.length} of ${answers.length} refused`)
    assert.equal(served, answers.length - refused.length)
    assert.equal(shed(), refused.length)
    const [{ headers, text }] = refused as [IncomingMessage & { text: string }]
    assert.equal(headers['retry-after'], '1')
    assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
    assert.equal(Number(headers['content-length']), text.length)
    const problem = JSON.parse(text) as { code: string; request_id: string }
    assert.equal(problem.code, 'overloaded')
    assert.match(problem.request_id, /^[\w-]+-\w+$/)
  })

  test('that ask for health are answered', async () => {
    const before = shed()
    const [, healths] = await Promise.all([flood(600), flood(20, '/health')])
    assert.ok(shed() > before, 'control: others were refused')
    assert.ok(healths.every(({ statusCode }) => statusCode === 200))
  })

  test('a few are all served (control)', async () => {
    // What the floods before have left is over.
    await delay(500)
    await ask('/api/a/t/')
    const before = shed()
    for (let round = 0; round < 20; round++) await flood(4)
    assert.equal(shed(), before)
  })
})

import assert from 'node:assert/strict'
import { getItem, isFromCache, setItem, tagOf } from './cached-servers.js'
import type { HttpAnswer } from './http.js'
import type { TestServer } from './start-server.js'

/** Reads and writes with conditions, each of which must be answered as if there were no cache. */
export async function cachedConversation(server: TestServer): Promise<HttpAnswer[]> {
  const answers: HttpAnswer[] = []
  const expect = (answer: HttpAnswer, status: number): void => {
    assert.equal(answer.status, status, answer.text())
    answers.push(answer)
  }
  for (let count = 0; count < 10; count++) {
    const tag = await tagOf(server)
    expect(await getItem(server, tag), 304)
    expect(await getItem(server, '"other"'), 200)
    expect(await setItem(server, freshValue(), [['If-Match', tag]]), 200)
    const changed = await getItem(server, tag)
    expect(changed, 200)
    assert.ok(!isFromCache(changed))
  }
  return answers
}

/** A value that the row has not had. */
export const freshValue = (): number => ++last
let last = 1000

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import type { HttpAnswer } from '../support/http.js'
import { signToken } from '../support/token.js'
import { kopanoClaims } from './kv-configurations.js'
import { json, type KvServer, startKvServer } from './kv-server.js'

const transfers = forRun(10, 300)

describe('Transactions with conditions, on a plugin that has batches', () => {
  let kv: KvServer
  before(async () => {
    kv = await startKvServer()
  })
  after(() => kv?.stop())

  const transact = async (...ops: object[]): Promise<HttpAnswer> => {
    const headers = [['Authorization', `Bearer ${signToken(kopanoClaims)}`]] as const
    for (;;) {
      const answer = await kv.server.request('/api/kvs/v1/txn', {
        method: 'POST',
        headers,
        body: JSON.stringify({ ops }),
      })
      if (answer.status !== 503) return answer
      await sleep(50)
    }
  }
  const set = (key: string, value: unknown, more: object = {}) => ({
    op: 'set',
    key,
    value,
    content_type: 'application/json',
    ...more,
  })
  const revisionOf = async (key: string) => (await kv.ask('GET', key)).header('etag')!
  const keys = async (prefix: string) => (await kv.ask('GET', `${prefix}?keys=1`)).json()

  it('are done when every condition holds', async () => {
    await kv.ask('PUT', 'g/a', json(1))
    await kv.ask('PUT', 'g/b', json(1))
    const [a, b] = [await revisionOf('g/a'), await revisionOf('g/b')]
    const answer = await transact(
      set('g/new', 2, { if_none_match: '*' }),
      set('g/a', 2, { if_match: a }),
      { op: 'delete', key: 'g/b', if_match: b },
      { op: 'check', key: 'g/none', if_none_match: '*' },
      set('g/free', 2),
    )
    assert.equal(answer.status, 200, answer.text())
    assert.deepEqual(await keys('g'), ['g/a', 'g/free', 'g/new'])
    assert.equal((await kv.ask('GET', 'g/a')).header('etag'), answer.header('etag'))
  })

  it('leave nothing when one does not', async () => {
    await kv.ask('PUT', 'h/a', json(1))
    await kv.ask('PUT', 'h/b', json(1))
    const [old, other] = [await revisionOf('h/a'), await revisionOf('h/b')]
    await kv.ask('PUT', 'h/a', json(2))
    const first = set('h/0', 1)
    for (const wrong of [
      set('h/a', 3, { if_match: old }),
      set('h/b', 3, { if_none_match: '*' }),
      { op: 'delete', key: 'h/a', if_match: old },
      { op: 'delete', key: 'h/none', if_match: '*' },
      { op: 'check', key: 'h/a', if_match: old },
      { op: 'check', key: 'h/b', if_none_match: '*' },
      { op: 'check', key: 'h/none', if_match: '*' },
    ]) {
      const answer = await transact(first, set('h/z', 1), wrong)
      const { code, operation } = answer.json() as { code: string; operation: string }
      assert.deepEqual([answer.status, code, operation], [412, 'precondition', '2'])
      assert.deepEqual(await keys('h'), ['h/a', 'h/b'], JSON.stringify(wrong))
    }
    assert.equal((await transact(first, { op: 'check', key: 'h/b', if_match: other })).status, 200, 'control')
    assert.equal(await revisionOf('h/b'), other, 'a check changes nothing')
    assert.deepEqual(await keys('h'), ['h/0', 'h/a', 'h/b'])
  })

  it('never lose what eight clients move between two documents', async () => {
    await kv.ask('PUT', 't/a', json(1000))
    await kv.ask('PUT', 't/b', json(1000))
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let done = 0; done < transfers; ) {
          const [a, b] = [await kv.ask('GET', 't/a?raw=1'), await kv.ask('GET', 't/b?raw=1')]
          const [from, to] = [Number(a.text()), Number(b.text())]
          const { status } = await transact(
            set('t/a', from - 1, { if_match: a.header('etag') }),
            set('t/b', to + 1, { if_match: b.header('etag') }),
          )
          assert.ok(status === 200 || status === 412, `status ${status}`)
          if (status === 200) done++
        }
      }),
    )
    const values = await Promise.all(
      ['t/a', 't/b'].map(async (key) => Number((await kv.ask('GET', `${key}?raw=1`)).text())),
    )
    assert.deepEqual(values, [1000 - 8 * transfers, 1000 + 8 * transfers])
  })

  it('cannot get and write at once', async () => {
    const answer = await transact({ op: 'get', key: 'x' }, set('y', 1))
    assert.equal(answer.status, 501)
    assert.match(answer.text(), /send their revisions as if_match/)
  })
})

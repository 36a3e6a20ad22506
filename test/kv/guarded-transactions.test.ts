import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import type { DatabaseKind, DatabaseMaker } from '../http/database-kind.js'
import { mysql } from '../http/kinds/mysql.js'
import { postgres } from '../http/kinds/postgres.js'
import { sqlite } from '../http/kinds/sqlite.js'
import type { HttpAnswer } from '../support/http.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { signToken } from '../support/token.js'
import { kopanoClaims } from './kv-configurations.js'
import { json, type KvServer, startKvServer } from './kv-server.js'

const transfers = forRun(4, 300)

for (const kind of [sqlite, postgres, mysql]) {
  describe(`Transactions with conditions on ${kind.name}`, { skip: kind.missing?.() ?? false }, () => checkOn(kind))
}

function checkOn(kind: DatabaseKind): void {
  let maker: DatabaseMaker
  let directory: TemporaryDirectory
  let kv: KvServer
  before(async () => {
    directory = await temporaryDirectory()
    maker = await kind.open()
    const { uri } = await maker.create('', directory)
    kv = await startKvServer({ uri, plugin: kind.plugin() })
  })
  after(async () => {
    await kv?.stop()
    await maker?.close()
    await directory?.remove()
  })

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

  it('get documents beside writes', async () => {
    await kv.ask('PUT', 'r/a', json(1))
    const before = await revisionOf('r/a')
    const read = await transact({ op: 'get', key: 'r/a' }, set('r/b', 2), { op: 'get', key: 'r/none' })
    assert.equal(read.status, 200, read.text())
    assert.deepEqual(read.json(), {
      results: [
        { op: 'get', key: 'r/a', document: { key: 'r/a', value: 1 } },
        { op: 'set', key: 'r/b' },
        { op: 'get', key: 'r/none', missing: true },
      ],
    })
    assert.equal(await revisionOf('r/a'), before, 'a get changes nothing')
    const refused = await transact({ op: 'get', key: 'r/a' }, set('r/b', 3, { if_none_match: '*' }))
    assert.deepEqual([refused.status, (refused.json() as { operation: string }).operation], [412, '1'])
    assert.deepEqual(await keys('r'), ['r/a', 'r/b'])
  })

  it('see what the others did, whenever that was', async () => {
    let seen = 0
    for (let round = 0; round < forRun(40, 1000); round++) {
      const [x, y] = [`s/x${round}`, `s/y${round}`]
      const answers = await Promise.all([
        transact({ op: 'get', key: x }, set(y, 1)),
        transact({ op: 'get', key: y }, set(x, 1)),
      ])
      const missing = answers.map((answer) => {
        assert.equal(answer.status, 200, answer.text())
        return (answer.json() as { results: { missing?: boolean }[] }).results.some((result) => result.missing)
      })
      // One of both was first.
      assert.ok(!missing.every(Boolean), `round ${round}`)
      if (missing.includes(true)) seen++
    }
    assert.ok(seen > 0)
  })
}

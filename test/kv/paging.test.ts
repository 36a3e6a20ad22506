import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { askKv, json, type KvServer, startKvServer } from './kv-server.js'

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, '0')}`)

const entries = (keys: readonly string[]) => keys.map((key) => ({ key, value: key, content_type: 'application/json' }))

/** Follows rel="next" to the end; answers the keys of each page. */
async function pages(
  kv: KvServer,
  first: string,
  between: () => Promise<unknown> = async () => {},
): Promise<string[][]> {
  const found: string[][] = []
  for (let next: string | undefined = first; next !== undefined; ) {
    const answer = await askKv(kv.server, 'GET', next)
    assert.equal(answer.status, 200, answer.text())
    const listed = answer.json() as (string | { key: string })[]
    found.push(listed.map((entry) => (typeof entry === 'string' ? entry : entry.key)))
    const link = /^<\/api\/kvs\/v1\/kv\/user\/(.*)>; rel="next"$/.exec(answer.header('link') ?? '')
    assert.equal(link === null, answer.header('x-kv-truncated') === undefined)
    next = link?.[1]
    await between()
  }
  return found
}

describe('Listings of more than one page', () => {
  let kv: KvServer
  before(async () => {
    kv = await startKvServer()
  })
  after(() => kv?.stop())

  it('K095 a batch of 600 documents', async () => {
    const answer = await kv.ask('PUT', 'big?batch=1', json(entries(names('k', 600))))
    assert.equal(answer.status, 200)
  })

  it('K071 K073 500 of 600 are listed, in key order, with the way to the rest', async () => {
    const answer = await kv.ask('GET', 'big?recurse=1')
    const listed = answer.json() as { key: string }[]
    assert.deepEqual(
      listed.map(({ key }) => key),
      names('big/k', 500),
    )
    assert.equal(answer.header('x-kv-truncated'), '1')
    assert.equal((await kv.ask('GET', 'big/k0599')).status, 200)
  })

  it('B023a a cursor that was altered is refused', async () => {
    const answer = await kv.ask('GET', 'big?keys=1&limit=1')
    const cursor = /cursor=([\w.-]+)/.exec(answer.header('link') ?? '')![1]!
    assert.equal((await kv.ask('GET', `big?keys=1&cursor=${cursor}`)).status, 200)
    const [sum, position] = cursor.split('.') as [string, string]
    const elsewhere = Buffer.from('big/k0300').toString('base64url')
    const altered = [`${cursor}A`, cursor.slice(0, -1), cursor.slice(0, -2), `${sum}.${elsewhere}`, `${sum}.`]
    for (const text of [...altered, `${sum.slice(0, -1)}_.${position}`]) {
      const refused = await kv.ask('GET', `big?keys=1&cursor=${text}`)
      assert.equal(refused.status, 400, `${text} for ${cursor}`)
    }
  })

  it('K072 a prefix is looked for before the limit', async () => {
    const answer = await kv.ask('GET', 'big/k05?recurse=1')
    assert.equal((answer.json() as []).length, 100)
  })

  it('B021 pages have neither gaps nor duplicates', async () => {
    assert.equal((await kv.ask('PUT', 'many?batch=1', json(entries(names('k', 1200))))).status, 200)
    const found = await pages(kv, 'many?recurse=1')
    assert.deepEqual(
      found.map(({ length }) => length),
      [500, 500, 200],
    )
    assert.deepEqual(found.flat(), names('many/k', 1200))
    assert.deepEqual((await pages(kv, 'many?keys=1&reverse=1')).flat(), names('many/k', 1200).reverse())
  })

  it('B022 whatever others write meanwhile, each document that was there is listed once', async () => {
    assert.equal((await kv.ask('PUT', 'moving?batch=1', json(entries(names('k', 60))))).status, 200)
    let round = 0
    const found = await pages(kv, 'moving?keys=1&limit=7', async () => {
      round++
      await kv.ask('PUT', `moving/k0000${round}`, json(1))
      await kv.ask('PUT', `moving/k0059${round}`, json(1))
    })
    const before = new Set(names('moving/k', 60))
    assert.deepEqual(
      found.flat().filter((key) => before.has(key)),
      names('moving/k', 60),
    )
    assert.equal(new Set(found.flat()).size, found.flat().length)
    assert.ok(found.flat().length > 60, 'control: what was written behind the cursor is listed')
  })

  it('B026a folding skips what is below a group, and its pages go on behind it', async () => {
    const groups = names('g', 12)
    for (const group of groups) {
      assert.equal((await kv.ask('PUT', `fold/${group}?batch=1`, json(entries(names('', 150))))).status, 200)
    }
    const found = await pages(kv, 'fold?keys=1&separator=/&limit=5')
    assert.deepEqual(
      found.map(({ length }) => length),
      [5, 5, 2],
    )
    assert.deepEqual(
      found.flat(),
      groups.map((group) => `fold/${group}/`),
    )
  })

  it('B065 an answer ends before it is too large, and links to the rest', async () => {
    const large = Buffer.alloc(16_384, 0xe9).toString('base64')
    const body = names('v', 400).map((key) => ({ key, value: large }))
    for (let start = 0; start < 1200; start += 400) {
      assert.equal((await kv.ask('PUT', `large/${start}?batch=1`, json(body.slice(0, 340)))).status, 200)
    }
    const found = await pages(kv, 'large?recurse=1')
    assert.equal(found.flat().length, 1020)
    assert.deepEqual(found.flat(), [...found.flat()].sort())
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { authorization } from '../support/pid-connection.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'

/** The long run is the promise of the documentation; the normal one finds what is plainly wrong. */
const rounds = forRun(20, 1000)
const writers = 50

describe('M12: concurrent writers with one entity tag', { timeout: forRun(120_000, 1_200_000) }, () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: (directory) => {
        const file = sqliteFile(directory.file('race.db'), 'CREATE TABLE prize (id INTEGER PRIMARY KEY, holder TEXT);')
        file.exec("PRAGMA journal_mode = WAL; INSERT INTO prize VALUES (1, 'nobody')")
        file.close()
        const connection = { uri: file.uri, path: sqlitePlugin() }
        return { plugins: { p: { ...connection, enable_cache: true }, p_cache: connection } }
      },
    })
  })
  after(() => server?.stop())

  it(`have exactly one winner, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round++) {
      const winners = await race(server, round, writeIfMatch)
      assert.equal(winners.length, 1, `round ${round}: ${winners.join(', ')}`)
      assert.equal(await holder(server), winners[0])
    }
  })

  it('have several where the tag is compared before the write (control)', async () => {
    let lost = 0
    for (let round = 0; round < 20; round++) lost += (await race(server, round, compareThenWrite)).length - 1
    assert.ok(lost > 0, 'expected the naive writers to overwrite each other at least once')
  })
})

type Write = (server: TestServer, tag: string, name: string) => Promise<boolean>

/** All writers read the same row; answers the names of those who believe that they have changed it. */
async function race(server: TestServer, round: number, write: Write): Promise<string[]> {
  const tag = await currentTag(server)
  const names = Array.from({ length: writers }, (_, writer) => `${round}-${writer}`)
  const won = await Promise.all(names.map((name) => write(server, tag, name)))
  return names.filter((_, writer) => won[writer])
}

const writeIfMatch: Write = async (server, tag, name) => {
  const { status } = await send(server, 'PATCH', { 'If-Match': tag }, JSON.stringify({ holder: name }))
  assert.ok(status === 200 || status === 412, `expected 200 or 412, got ${status}`)
  return status === 200
}

const compareThenWrite: Write = async (server, tag, name) => {
  if ((await currentTag(server)) !== tag) return false
  return (await send(server, 'PATCH', {}, JSON.stringify({ holder: name }))).status === 200
}

async function currentTag(server: TestServer): Promise<string> {
  const tag = (await send(server, 'GET')).headers.get('etag')
  assert.ok(tag !== null, 'expected an ETag')
  return tag
}

async function holder(server: TestServer): Promise<unknown> {
  const [row] = JSON.parse((await send(server, 'GET')).text) as { holder: string }[]
  return row?.holder
}

/** Over connections that are kept: fifty thousand new ones would be the test. */
async function send(server: TestServer, method: string, headers: Record<string, string> = {}, body?: string) {
  const all = { ...Object.fromEntries([authorization()]), 'Content-Type': 'application/json', ...headers }
  const answer = await fetch(`${server.origin}/api/p/prize/?where.eq.id=1`, {
    method,
    headers: all,
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

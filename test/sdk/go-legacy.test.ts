import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { checkPlugin } from '@easyrest/conformance'
import { readSeed } from '../conformance/support.js'
import { goToolchain } from '../support/go-toolchain.js'
import { authorization } from '../support/pid-connection.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'

const go = goToolchain()
const skip = go === undefined ? 'Go is not installed, so no plugin of the original EasyREST was tried' : false
const sdk = repositoryPath('sdk', 'go')

describe('A plugin of the original EasyREST whose import path was changed', { skip }, () => {
  let directory: TemporaryDirectory
  let program: string
  let server: TestServer

  before(async () => {
    directory = await temporaryDirectory()
    program = await buildGuide(directory)
    server = await startServer({
      config: {
        plugins: {
          guide: { uri: 'guide://x', path: program, enable_cache: true, cache_name: 'guide_cache' },
          guide_cache: { uri: 'guide://cache', path: program },
          // A scheme that the plugin accepts, and its name does not tell.
          other: { uri: 'guides://x', path: program },
          secured: { uri: 'guide://x', path: program, tls: 'always' },
        },
      },
    })
  })
  after(async () => {
    await server?.stop()
    await directory?.remove()
  })

  it('says by hand what it says to everyone, and knows its flags', () => {
    const byHand = spawnSync(program, { encoding: 'utf8', env: {} })
    assert.equal(byHand.status, 1)
    assert.match(byHand.stderr, /This binary is a plugin/)
    assert.equal(execFileSync(program, ['-version'], { encoding: 'utf8' }), 'v0.1.0\n')
  })

  it('is asked in the form that it knows', async () => {
    const [asked] = await rows(
      '/api/guide/asked/?select=id,n:name,count()&where.eq.a=42&where.not.like.b=x%25&where.in.c=1,2' +
        '&ordering=-id,name&limit=5&offset=2',
    )
    assert.deepEqual(asked, {
      select: ['id', 'name AS n', 'COUNT(*) AS count'],
      sql: ' WHERE a = ? AND NOT (b LIKE ?) AND c IN (?,?)',
      args: ['42', 'x%', '1', '2'],
      ordering: ['id DESC', 'name'],
      group: ['id', 'name'],
      limit: 5,
      offset: 2,
      user: 'alice',
      method: 'GET',
      sub: 'alice',
    })
  })

  for (const connection of ['guide', 'other', 'secured']) {
    it(`keeps every digit on its way in and out (${connection})`, async () => {
      const body = `[{"id":9007199254740993,"name":"Bergen","size":12345678901234567890,"ratio":0.1,"extra":{"a":[1.5,null]}}]`
      const made = await send('POST', `/api/${connection}/things/`, body)
      assert.equal(made.status, 201, made.text())
      const found = await send('GET', `/api/${connection}/things/?select=id,size,ratio,extra,active`)
      assert.equal(
        found.text(),
        '[{"id":9007199254740993,"size":12345678901234567890,"ratio":0.1,"extra":{"a":[1.5,null]},"active":null}]',
      )
      const changed = await send('PATCH', `/api/${connection}/things/?where.eq.name=Bergen`, '{"name":"Oslo"}')
      assert.equal(changed.status, 200, changed.text())
      const removed = await send('DELETE', `/api/${connection}/things/?where.eq.name=Oslo`)
      assert.equal(removed.status, 204, removed.text())
      assert.deepEqual(await rows(`/api/${connection}/things/`), [])
    })
  }

  it('answers functions, and 501 for what it does not support', async () => {
    const called = await send('POST', '/api/guide/rpc/echo/', '{"n":9007199254740993}')
    assert.equal(called.text(), '{"n":9007199254740993}')
    assert.equal((await send('POST', '/api/guide/rpc/rows/', '{}')).text(), '[{"n":9007199254740993},{"n":null}]')
    assert.equal((await send('POST', '/api/guide/rpc/later/', '{}')).status, 501)
  })

  it('fails for one call only, and its log names row and column of what JSON cannot hold', async () => {
    assert.equal((await send('GET', '/api/guide/panics/')).status, 502)
    await server.logLine(/TableGet panicked: a plugin of the original gives up/)
    assert.equal((await send('GET', '/api/guide/odd/')).status, 502)
    await server.logLine(/row 1, column \\"a\\": expected a value that JSON can hold, got chan int/)
    assert.equal((await send('GET', '/api/guide/things/')).status, 200)
    assert.doesNotMatch(server.log(), /ended by itself/)
  })

  it('has names that do not exist answered as such, although it says so in words only', async () => {
    const table = await send('GET', '/api/guide/thing/')
    assert.deepEqual([table.status, (table.json() as { nearest?: string }).nearest], [404, 'things'])
    assert.equal((await send('GET', '/api/guide/things/?ordering=nmae')).status, 400)
  })

  it('refuses what its interface cannot express', async () => {
    for (const query of ['or=(id.eq.1,id.eq.2)', 'where.isdistinct.id=1', 'ordering=id.asc.nullsfirst']) {
      assert.equal((await send('GET', `/api/guide/things/?${query}`)).status, 501, query)
    }
  })

  it('passes the checks of the contract, but for those', async () => {
    const { results } = await checkPlugin({ program, uri: 'guide://x', seed: readSeed('memory') })
    const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id)
    assert.deepEqual(failed, [
      'where.isdistinct',
      // The fixture computes no aggregates.
      'select.aggregates',
      'select.aggregates-of-nothing',
      'select.grouping',
      'select.having',
      'order.nulls',
      'order.several',
      'transaction.max-affected',
      'transaction.expect-single',
    ])
  })

  const send = (method: string, target: string, body?: string) =>
    server.request(target, {
      method,
      headers: [authorization({ sub: 'alice' }), ['Content-Type', 'application/json']],
      ...(body !== undefined && { body }),
    })

  const rows = async (target: string): Promise<unknown[]> => {
    const answer = await send('GET', target)
    assert.equal(answer.status, 200, answer.text())
    return answer.json() as unknown[]
  }
})

const originalImport = '"github.com/onegreyonewhite/easyrest/plugin"'

/** The program, from a source of which nothing but the import path is changed. */
const buildGuide = async (directory: TemporaryDirectory): Promise<string> => {
  const source = `${sdk}/plugin/testdata/guide/main.go`
  const text = readFileSync(source, 'utf8')
  assert.equal(text.split(originalImport).length, 2)
  const [changed, overlay] = [directory.file('main.go'), directory.file('overlay.json')]
  await writeFile(changed, text.replace(originalImport, '"easyrest/plugin"'))
  await writeFile(overlay, JSON.stringify({ Replace: { [source]: changed } }))
  const program = directory.file('easyrest-plugin-guide')
  go!.run(sdk, 'build', '-overlay', overlay, '-o', program, './plugin/testdata/guide')
  return program
}

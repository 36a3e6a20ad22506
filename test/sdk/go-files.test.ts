import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { checkPlugin, resultText, type Seed } from '@easyrest/conformance'
import { forRun } from '@easyrest/protocol/testing'
import { readSeed } from '../conformance/support.js'
import { goToolchain } from '../support/go-toolchain.js'
import { authorization } from '../support/pid-connection.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'

const go = goToolchain()
const skip = go === undefined ? 'Go is not installed, so the files plugin was not tried' : false
const source = repositoryPath('plugins', 'examples', 'go')
const program = repositoryPath('.cache', 'go', 'easyrest-plugin-files')

describe('The files plugin, written with the Go SDK', { skip }, () => {
  let directory: TemporaryDirectory
  let server: TestServer

  before(async () => {
    directory = await temporaryDirectory()
    go!.build(source, program)
    server = await startServer({
      config: (own) => {
        mkdirSync(own.file('data'))
        writeFileSync(own.file('data/towns.csv'), 'id,name,population\n1,Bergen,291940\n2,"Oslo, the capital",\n')
        writeFileSync(own.file('data/notes.ndjson'), '{"id":9007199254740993,"tags":["a",{"b":1.50}]}\n')
        return { plugins: { data: { uri: 'files://./data', path: program } } }
      },
    })
  })
  after(async () => {
    await server?.stop()
    await directory?.remove()
  })

  it('passes its own tests', () => {
    go!.run(source, 'vet', './...')
    assert.match(go!.run(source, 'test', './...'), /^ok/m)
  })

  for (const format of ['csv', 'ndjson', 'json'].slice(0, forRun(2, 3))) {
    it(`passes every check of what it names (${format})`, async () => {
      const folder = directory.file(format)
      mkdirSync(folder)
      writeFileSync(join(folder, `things.${format}`), '')
      writeFileSync(join(folder, 'things.schema.json'), JSON.stringify(thingsSchema))
      const { results } = await checkPlugin({ program, uri: `files://${folder}`, seed: seedFor(format) })
      assert.deepEqual(results.filter(({ outcome }) => outcome === 'failed').map(resultText), [])
      const skipped = results.flatMap(({ outcome, reason }) => (outcome === 'skipped' ? [reason!] : []))
      assert.deepEqual(
        skipped.filter((reason) => !/role cache|capability|the seed has no|the offer of TLS/.test(reason)),
        [],
      )
      const passed = results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id)
      for (const id of ['stream.chunks', 'precondition.race', 'transaction.rollback-update', 'errors.not-null']) {
        assert.ok(passed.includes(id), `${id} has not passed`)
      }
    })
  }

  it('serves the files of its directory, those too that come later', async () => {
    const found = await send('GET', '/api/data/towns/?select=name&where.is.population=null')
    assert.equal(found.text(), '[{"name":"Oslo, the capital"}]')
    assert.equal((await send('GET', '/api/data/notes/')).text(), '[{"id":9007199254740993,"tags":["a",{"b":1.50}]}]')
    assert.equal((await send('GET', '/api/data/later/')).status, 404)
    writeFileSync(server.directory.file('data/later.json'), '[{"n":1}]')
    assert.equal((await send('GET', '/api/data/later/')).text(), '[{"n":1}]')
  })

  it('writes them', async () => {
    const made = await send('POST', '/api/data/towns/', '[{"id":3,"name":"7","population":1}]')
    assert.equal(made.status, 201, made.text())
    const changed = await send('PATCH', '/api/data/towns/?where.eq.id=2', '{"population":717710}')
    assert.equal(changed.status, 200, changed.text())
    assert.equal((await send('DELETE', '/api/data/towns/?where.eq.name=Bergen')).status, 204)
    assert.equal(
      readFileSync(server.directory.file('data/towns.csv'), 'utf8'),
      'id,name,population\n2,"Oslo, the capital",717710\n3,"7",1\n',
    )
  })

  it('keeps nothing of a dry run, and refuses a change of rows that have changed', async () => {
    const before = readFileSync(server.directory.file('data/notes.ndjson'), 'utf8')
    const target = '/api/data/notes/?where.eq.id=9007199254740993'
    assert.equal((await send('DELETE', target, undefined, ['Prefer', 'tx=rollback'])).status, 204)
    assert.equal((await send('PATCH', target, '{"tags":null}', ['If-Match', '"other"'])).status, 412)
    assert.equal(readFileSync(server.directory.file('data/notes.ndjson'), 'utf8'), before)
  })

  it('exports a table as a stream', async () => {
    const lines = Array.from({ length: 20_000 }, (_, id) => JSON.stringify({ id, text: 'x'.repeat(50) })).join('\n')
    writeFileSync(server.directory.file('data/many.ndjson'), `${lines}\n`)
    const exported = await send('GET', '/api/data/many/?format=ndjson')
    assert.equal(exported.text().trimEnd(), lines)
  })

  const send = (method: string, target: string, body?: string, ...headers: [string, string][]) =>
    server.request(target, {
      method,
      headers: [authorization(), ['Content-Type', 'application/json'], ...headers],
      ...(body !== undefined && { body }),
    })
})

const thingsSchema = {
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'name', type: 'string' },
    { name: 'size', type: 'integer' },
    { name: 'price', type: 'number' },
    { name: 'ratio', type: 'number' },
    { name: 'active', type: 'boolean' },
    { name: 'code', type: 'string', required: true },
    { name: 'extra', type: 'json' },
  ],
  primaryKey: ['id'],
}

/** A CSV file holds no JSON. */
const seedFor = (format: string): Seed => {
  const seed = readSeed('files')
  const { json: _json, ...columns } = seed.columns
  return format === 'csv' ? { ...seed, columns } : seed
}

import assert, { AssertionError } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { repositoryPath, sqlitePlugin } from '../support/repository-path.js'
import { type SqliteFile, sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'
import { parseExamples } from './examples/parse-examples.js'
import { playExample } from './examples/play-example.js'

const markdown = readFileSync(repositoryPath('docs/api.md'), 'utf8')

describe('The examples of docs/api.md', () => {
  const { sql, blocks } = parseExamples(markdown)
  const rows = sql.slice(sql.indexOf('INSERT'))
  let server: TestServer
  let file: SqliteFile

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        file = sqliteFile(directory.file('demo.db'), `PRAGMA journal_mode = WAL;\n${sql}`)
        const connection = { uri: file.uri, path: sqlitePlugin() }
        const calc = { uri: 'functions://one', path: await fixtureProgram('functions-plugin', directory) }
        const plugins = {
          demo: connection,
          open: { ...connection, public: { table: ['countries'] }, exclude: { table: ['measurements'] }, max_limit: 2 },
          reports: { ...connection, use_query: true },
          calc,
        }
        return { server: { max_url_bytes: 2048, max_body_size: '1KB' }, plugins }
      },
    })
    await until(() => server.log().match(/\bready: /g)?.length === 4, { what: 'every plugin to be ready' })
  })
  after(async () => {
    file?.close()
    await server?.stop()
  })

  for (const { section, line, exchanges } of blocks) {
    it(`line ${line}: ${section}`, async () => {
      file.reset(rows)
      for (const exchange of exchanges) await playExample(server.origin, exchange)
    })
  }

  it('are all there is: no block of the document is left out', () => {
    const fences = markdown.match(/^```\S+$/gm)?.map((fence) => fence.slice(3)) ?? []
    assert.deepEqual([...new Set(fences)].sort(), ['http', 'sql'])
    assert.ok(blocks.length > 30, String(blocks.length))
  })

  it('would not pass with another status, header or row (control)', async () => {
    const [right] = blocks[0]!.exchanges
    const { answer } = right!
    for (const wrong of [
      { ...answer, status: 201 },
      { ...answer, headers: [['Content-Range', '0-99/*'] as const] },
      { ...answer, body: answer.body.replace('Berlin', 'Atlantis') },
    ]) {
      await assert.rejects(playExample(server.origin, { ...right!, answer: wrong }), AssertionError)
    }
  })
})

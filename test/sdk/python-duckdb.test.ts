import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { checkPlugin, resultText, rowBytes, suiteRows } from '@easyrest/conformance'
import { readSeed } from '../conformance/support.js'
import { pythonEnvironment } from '../support/python-environment.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'

const environment = await pythonEnvironment()
const skip = typeof environment === 'string' && `${environment}; the plugin for DuckDB is not tested`
const { python, programs } = environment as Exclude<typeof environment, string>

const run = promisify(execFile)
const program = `${programs}/easyrest-plugin-duckdb`
const seed = readSeed('duckdb')
let directory: TemporaryDirectory
let server: TestServer

before(async () => {
  if (skip) return
  directory = await temporaryDirectory()
  await writeThings(directory)
  await writeMany(directory)
  const files = { uri: uri(), path: program, public: { table: ['things', 'many'] } }
  server = await startServer({ config: { plugins: { files } } })
})

after(async () => {
  await server?.stop()
  await directory?.remove()
})

test('the tests of the plugin pass', { skip }, async () => {
  const { stdout } = await inExample('-m', 'pytest', '-q', '-p', 'no:cacheprovider')
  assert.match(stdout, /^\d+ passed in /m)
})

test('the plugin is typed and formatted: mypy --strict, ruff', { skip }, async () => {
  const { stdout } = await inExample('-m', 'mypy', '--cache-dir', repositoryPath('.cache', 'python', 'mypy'))
  assert.match(stdout, /^Success: no issues found in \d+ source files/)
  await inExample('-m', 'ruff', 'check', '--no-cache', '.')
  await inExample('-m', 'ruff', 'format', '--no-cache', '--check', '.')
})

test('the plugin passes every check of a database that is only read', { skip }, async () => {
  const { results } = await checkPlugin({ program, uri: uri(), seed })
  assert.deepEqual(results.filter(({ outcome }) => outcome === 'failed').map(resultText), [])
  const skipped = results.flatMap(({ outcome, reason }) => (outcome === 'skipped' ? [reason!] : []))
  assert.deepEqual(
    skipped.filter((reason) => !/role cache|capability|read-only|the seed has no/.test(reason)),
    [],
  )
  const passed = results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id)
  for (const id of ['select.grouping', 'page.last-key', 'stream.total', 'schema.keys', 'where.operand']) {
    assert.ok(passed.includes(id), `${id} has not passed`)
  }
})

const answers: [target: string, body: string][] = [
  [
    'things/?select=id,name,price,data,at&where.eq.id=8',
    '[{"id":8,"name":"O\'Brien \\"x\\", \\\\ (back)","price":99.99,"data":"BQ==","at":"2024-10-27T00:30:00+00:00"}]',
  ],
  ['things/?select=size&where.eq.id=8', '[{"size":9007199254740993}]'],
  [
    'things/?select=active,count(),total:price.sum()&ordering=active',
    '[{"active":false,"count":3,"total":-1.50},{"active":true,"count":4,"total":111.59},{"active":null,"count":1,"total":null}]',
  ],
  ['things/?select=id&or=(size.eq.30,name.like.app%25)&ordering=-id', '[{"id":4},{"id":1}]'],
  ['things/?select=size&distinct=true&ordering=size&limit=2&offset=1', '[{"size":0},{"size":10}]'],
  ['things/?select=extra&where.eq.id=3', '[{"extra":{"n":3,"tags":["a",null,"true"]}}]'],
]

for (const [target, body] of answers) {
  test(`over HTTP: GET ${target}`, { skip }, async () => {
    const answer = await get(target)
    assert.deepEqual([answer.status, answer.text()], [200, body])
  })
}

test('over HTTP: an answer beyond every limit of a message comes as a stream', { skip }, async () => {
  const accept = ['Accept', 'application/x-ndjson'] as const
  const answer = await server.request('/api/files/many/?select=n,text&ordering=n', { headers: [accept] })
  assert.equal(answer.status, 200)
  const lines = answer.text().trimEnd().split('\n')
  assert.equal(lines.length, manyRows)
  for (const [index, line] of [...lines.entries()].filter(([index]) => index % 9999 === 0)) {
    assert.equal(line, `{"n":${index},"text":"${'x'.repeat(500)}"}`)
  }
})

const manyRows = 150_000

const writeMany = async (folder: TemporaryDirectory): Promise<void> => {
  const query = `SELECT range AS n, repeat('x', 500) AS text FROM range(${manyRows})`
  const script = `import duckdb, sys; duckdb.sql(${JSON.stringify(query)}).write_parquet(sys.argv[1])`
  await run(python, ['-c', script, folder.file('many.parquet')])
}

/** The suite's rows as a file of Parquet, made with the plugin's own database. */
const writeThings = async (folder: TemporaryDirectory): Promise<void> => {
  const script = repositoryPath('plugins', 'examples', 'python', 'tests', 'write_things.py')
  await run(python, [script, folder.file('things.parquet'), String(rowBytes(seed, suiteRows))])
}

const uri = (): string => `duckdb://${directory.path}?key=id&threads=2`

const get = (target: string) => server.request(`/api/files/${target}`)

const inExample = (...args: string[]) => {
  const cwd = repositoryPath('plugins', 'examples', 'python')
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  return run(python, args, { cwd, env, maxBuffer: 1 << 26 }).catch((error: { stdout?: string; stderr?: string }) =>
    assert.fail(`${error.stdout}\n${error.stderr}`),
  )
}

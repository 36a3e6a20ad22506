import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import SwaggerParser from '@apidevtools/swagger-parser'
import { easyrest } from 'easyrest-server'
import express from 'express'
import { send } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { type SqliteFile, sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { testSecret } from '../support/token.js'
import { until } from '../support/until.js'

const tables = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INT DEFAULT 18, score DOUBLE, avatar BLOB, born DATE,
    active BOOLEAN, seen DATETIME, meta JSON, balance DECIMAL(10, 2), twice INTEGER AS (age * 2));
  CREATE TABLE lines (a TEXT, b INTEGER, user_id INTEGER REFERENCES users, PRIMARY KEY (b, a)) WITHOUT ROWID;
  CREATE TABLE "constructor" ("__proto__" TEXT, "odd name" TEXT);
  CREATE TABLE heap (v INTEGER);
  CREATE VIEW adults AS SELECT id, name FROM users WHERE age >= 18;`

interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header' | 'body'
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly string[]
  readonly items?: Omit<Parameter, 'name' | 'in'>
  readonly minItems?: number
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters: readonly Parameter[] }>>>>
  readonly definitions: Readonly<Record<string, { readonly properties: object }>>
}

const open = async (t: TestContext): Promise<{ server: TestServer; file: SqliteFile }> => {
  let file: SqliteFile | undefined
  const server = await startServer({
    config: (directory) => {
      file = sqliteFile(directory.file('test.db'), tables)
      return { plugins: { db: { uri: file.uri } } }
    },
  })
  t.after(async () => {
    file?.close()
    await server.stop()
  })
  // On a busy machine the plugin may take longer than a request waits.
  await server.logLine(/\bready: /)
  return { server, file: file! }
}

const headers = [authorization()]

const read = async (server: TestServer): Promise<Document> => {
  const answer = await server.request('/api/db/', { headers })
  assert.equal(answer.status, 200, answer.text())
  return answer.json() as Document
}

/** The document with its references replaced. Throws when a public validator does not take it. */
const validated = async (document: Document): Promise<Document> =>
  (await SwaggerParser.validate(structuredClone(document) as never)) as never

test('a public validator takes the document, and notices when it is broken', async (t) => {
  const { server } = await open(t)
  const document = await read(server)
  await validated(document)
  await assert.rejects(validated({ ...document, paths: { 'no-slash': {} } }))
  const broken = structuredClone(document) as unknown as { definitions: Record<string, object> }
  broken.definitions.users = { type: 'int' }
  await assert.rejects(validated(broken as never))
})

test('names that JavaScript knows are data', async (t) => {
  const { server } = await open(t)
  const document = await read(server)
  assert.deepEqual(Object.keys(document.definitions), [
    'adults',
    'constructor',
    'heap',
    'lines',
    'users',
    'easyrest.problem',
  ])
  assert.deepEqual(Object.keys(Object.entries(document.definitions)[1]![1].properties), ['__proto__', 'odd name'])
  assert.ok('/constructor/' in document.paths)
  // Without a key no row can be put.
  assert.deepEqual(Object.keys(document.paths['/heap/']!), ['get', 'post', 'patch', 'delete'])
})

test('the server takes every parameter that the document names, with every value it lists', async (t) => {
  const { server } = await open(t)
  const { paths } = await validated(await read(server))
  const dryRun = [...headers, ['Prefer', 'tx=rollback, return=representation']] as const
  let sent = 0
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of ['get', 'delete'].filter((name) => name in operations)) {
      for (const { name, value } of queriesOf(operations[method]!.parameters)) {
        // A DELETE needs a condition, or the word that it has none.
        const everything = method === 'delete' && !name.startsWith('where.') && name !== 'all' ? '&all=true' : ''
        const target = `/api/db${path}?${encodeURIComponent(name)}=${encodeURIComponent(value)}${everything}`
        const answer = await server.request(target, { method: method.toUpperCase(), headers: dryRun })
        // The format of one row is refused for no row.
        assert.equal(answer.status, value === 'object' ? 406 : 200, `${method} ${target}: ${answer.text()}`)
        sent++
      }
    }
  }
  assert.ok(sent > 500, String(sent))
})

test('a change of the schema is in the next document, with another tag', async (t) => {
  const { server, file } = await open(t)
  const first = await server.request('/api/db/', { headers })
  const again = await server.request('/api/db/', { headers })
  assert.ok(first.body.equals(again.body))
  const tag = first.header('etag')!
  const known = await server.request('/api/db/', { headers: [...headers, ['If-None-Match', tag]] })
  assert.equal(known.status, 304)
  file.exec('CREATE TABLE another (id INTEGER PRIMARY KEY)')
  const changed = await server.request('/api/db/', { headers: [...headers, ['If-None-Match', tag]] })
  assert.equal(changed.status, 200)
  assert.notEqual(changed.header('etag'), tag)
  assert.ok('/another/' in (changed.json() as Document).paths)
})

test('mounted in an application, the base path and the place of a new row are where it is mounted', async (t) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const file = sqliteFile(directory.file('test.db'), tables)
  file.close()
  const db = { uri: file.uri, path: sqlitePlugin() }
  await writeFile(directory.file('config.yaml'), JSON.stringify({ token_secret: testSecret, plugins: { db } }))
  const { handler, close } = await easyrest({ file: directory.file('config.yaml') })
  t.after(close)
  const server = express().use('/data', handler).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const document = await until(
    async () => {
      const answer = await send({ origin, target: '/data/api/DB/?format=json', headers })
      return answer.status === 200 && (answer.json() as { basePath: string })
    },
    { what: 'the plugin to be ready' },
  )
  assert.equal(document.basePath, '/data/api/db')
  const created = await send({
    origin,
    target: '/data/api/DB/heap',
    method: 'POST',
    headers: [...headers, ['Prefer', 'return=headers-only']],
    body: '{"v":null}',
  })
  assert.deepEqual([created.status, created.header('location')], [201, '/data/api/DB/heap?where.is.v=null'])
})

/** Every parameter of the URL with values that it takes by its own word. */
const queriesOf = (parameters: readonly Parameter[]): { name: string; value: string }[] =>
  parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap((parameter) => samples(parameter).map((value) => ({ name: parameter.name, value })))

const samples = (parameter: Parameter): string[] => {
  const { name, type, items, minItems = 1 } = parameter
  if (['or', 'and', 'not.or', 'not.and', 'cursor'].includes(name)) return []
  if (type === 'array') return items!.enum?.slice() ?? [Array(minItems).fill(scalar(items!)).join(',')]
  return parameter.enum?.slice() ?? [scalar(parameter)]
}

const scalar = ({ type, format = '' }: Omit<Parameter, 'name' | 'in'>): string => {
  if (type === 'integer' || type === 'number') return '1'
  if (type === 'boolean') return 'true'
  return { date: '2026-11-22', 'date-time': '2026-11-22T10:00:00Z', byte: 'AA==' }[format] ?? 'x'
}

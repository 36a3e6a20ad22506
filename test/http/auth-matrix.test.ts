import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { isLongRun } from '@easyrest/protocol/testing'
import { allReady } from '../support/all-ready.js'
import { fixtureProgram } from '../support/fixture-program.js'
import { keptClient } from '../support/kept-client.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'
import { secondsFromNow, testSecret } from '../support/token.js'
import { until } from '../support/until.js'
import {
  type Credential,
  chosen as chosenCredentials,
  credentials,
  ec,
  publicPem,
  rsa,
} from './auth-matrix/credentials.js'
import { expectedStatus } from './auth-matrix/expected-status.js'
import { chosen as chosenRoutes, type Route, routes } from './auth-matrix/routes.js'
import { type Setup, setups } from './auth-matrix/setups.js'

// Every credential with some requests and every request with some credentials; in the long run each with each.
type Pair = readonly [Credential, Route]

const pairs: readonly Pair[] = isLongRun
  ? each(credentials, routes)
  : [...each(credentials, chosenRoutes), ...each(chosenCredentials, routes)]

/** Enough to notice that a lock is open. */
const somePairs: readonly Pair[] = each(credentials, chosenRoutes.slice(0, 2))

describe('who may do what: credentials x requests x configurations', () => {
  for (const setup of setups) {
    it(setup.name, async (t) => {
      const server = await start(t, setup)
      assert.deepEqual(await mismatches(server.origin, setup, pairs), [])
      t.diagnostic(`${pairs.length} requests`)
    })
  }

  // Nobody gets in by there being no lock.
  for (const [title, settings] of [
    ['no key', {}],
    ['an empty secret', { token_secret: '' }],
    ['an empty list of keys', { auth_plugins: { jwt: { settings: { keys: [] } } } }],
  ] as const) {
    it(`${title}: the server does not start`, async () => {
      const config = { ...settings, plugins: {} }
      await assert.rejects(startServer({ config, env: { ER_TOKEN_SECRET: undefined } }), /ended with code 78/)
    })
  }

  it('a token is of no use after the secret was changed, though it was verified before', async (t) => {
    const server = await start(t, setups[0]!)
    const reader = credentials.find(({ title }) => title === 'a reader')!
    const ask = async () => (await server.request('/api/db/users/', { headers: reader.headers })).status
    assert.equal(await ask(), 200)
    const config = {
      ...(await configOf(server.directory, setups[0]!)),
      token_secret: 'another-secret-that-is-long-enough-too',
    }
    await server.writeConfig(config)
    server.signal('SIGHUP')
    await until(async () => (await ask()) === 401, { what: 'the new secret' })
  })
})

describe('control: what is wrong is found', () => {
  const wrong: [string, Setup][] = [
    ['scopes are not checked', { ...setups[0]!, settings: { check_scope: false } }],
    ['a table is public', { ...setups[0]!, connection: { public: { table: ['users'] } } }],
    ['strangers have rights', { ...setups[0]!, settings: { anon_claims: { scope: 'write' } } }],
    [
      'expired tokens are taken',
      { ...setups[0]!, settings: { auth_plugins: { jwt: { settings: { leeway: '300h' } } } } },
    ],
  ]
  for (const [title, setup] of wrong) {
    it(title, async (t) => {
      const server = await start(t, setup)
      assert.ok((await mismatches(server.origin, setups[0]!, somePairs)).length > 0)
    })
  }

  it('signatures are not verified', async (t) => {
    const server = await start(t, setups[0]!)
    const found = await mismatches(await naiveFront(t, server), setups[0]!, somePairs)
    for (const title of ['another secret', 'alg "none", not signed', 'RS256 by a stranger']) {
      assert.ok(
        found.some((line) => line.startsWith(`${title}:`)),
        title,
      )
    }
  })
})

/** Where the server does something else than the documents say, a line each. */
async function mismatches(origin: string, setup: Setup, tried: readonly Pair[]): Promise<string[]> {
  const client = keptClient(origin)
  try {
    const found = await client.each(tried, async ([credential, route]) => {
      const { method, target, body } = route
      const headers = [...route.headers, ...credential.headers]
      const status = await client.status({ method, target, headers, body })
      const expected = expectedStatus(credential, route, setup)
      return status === expected ? [] : [`${credential.title}: ${method} ${target} is ${status}, not ${expected}`]
    })
    return [...new Set(found.flat())]
  } finally {
    client.close()
  }
}

async function start(t: TestContext, setup: Setup): Promise<TestServer> {
  const env = { ER_TOKEN_SECRET: undefined }
  const server = await startServer({ config: (directory) => configOf(directory, setup), env })
  t.after(() => server.stop())
  await allReady(server, ['db', 'sql', 'f'])
  return server
}

async function configOf(directory: TemporaryDirectory, { settings, connection }: Setup): Promise<object> {
  const path = directory.file('test.db')
  sqliteFile(path, tables).close()
  const keys = [
    { kid: 'r', file: directory.file('rsa.pem') },
    { kid: 'e', file: directory.file('ec.pem') },
  ]
  await writeFile(keys[0]!.file, publicPem(rsa))
  await writeFile(keys[1]!.file, publicPem(ec))
  const { auth_plugins: auth, ...others } = settings as { auth_plugins?: { jwt: { settings: object } } }
  const functions = await fixtureProgram('functions-plugin', directory)
  return {
    token_secret: testSecret,
    ...others,
    auth_plugins: { jwt: { settings: { keys, ...auth?.jwt.settings } } },
    plugins: {
      db: { uri: `sqlite://${path}`, exclude: { table: ['secrets'] }, ...connection },
      sql: { uri: `sqlite://${path}`, use_query: true },
      f: { uri: 'functions://one', path: functions, exclude: { func: ['numbers'] } },
    },
  }
}

const tables = `
  CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE IF NOT EXISTS secrets (id INTEGER PRIMARY KEY, name TEXT);
  INSERT OR IGNORE INTO users VALUES (1, 'Alice');`

/** A server in front that believes every token that can be read, as libraries do that decode without verifying. */
async function naiveFront(t: TestContext, server: TestServer): Promise<string> {
  const front = createServer(async (request, response) => {
    const answer = await server.request(request.url ?? '/', {
      method: request.method ?? 'GET',
      headers: believed(request),
      ...(request.headers['content-length'] === undefined ? {} : { body: await bodyOf(request) }),
    })
    response.writeHead(answer.status).end()
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  t.after(() => {
    front.closeAllConnections()
    front.close()
  })
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}`
}

function believed(request: IncomingMessage): [string, string][] {
  const { authorization, prefer, 'content-type': type } = request.headers
  const kept: [string, string][] = [...(prefer ? [['Prefer', String(prefer)] as [string, string]] : [])]
  if (type !== undefined) kept.push(['Content-Type', type])
  if (authorization !== undefined) kept.push(['Authorization', resigned(authorization)])
  return kept
}

function resigned(authorization: string): string {
  try {
    const claims = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString())
    const parts = [{ alg: 'HS256' }, { ...claims, exp: secondsFromNow(60) }]
    const content = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `Bearer ${content}.${createHmac('sha256', testSecret).update(content).digest('base64url')}`
  } catch {
    return authorization
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces)
}

function each<A, B>(all: readonly A[], others: readonly B[]): (readonly [A, B])[] {
  return all.flatMap((one) => others.map((other) => [one, other] as const))
}

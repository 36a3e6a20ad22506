import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { DatabaseSync } from '@photostructure/sqlite'
import { serverProgram, sqlitePlugin } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { testSecret } from '../support/token.js'
import { kopanoStore } from './kopano-store.js'
import { askKv, configOf, json, startKvServer } from './kv-server.js'

const text = (value: string) => Buffer.from(value)
const rows = [
  { key: 'test1/doc1', value: text('{"a":1.0}'), type: 'application/json', owner: 'u1', client: 'c1' },
  { key: 'bytes', value: Buffer.from([0, 255]), type: '', owner: 'u1', client: 'c1' },
  { key: 'padded', value: text('hello\0'), type: 'text/plain', owner: 'u1', client: 'c1' },
  { key: 'other', value: text('1'), type: 'application/json', owner: 'BOB', client: '' },
]

async function command(directory: TemporaryDirectory, ...args: string[]) {
  const env = { ...process.env, ER_TOKEN_SECRET: testSecret, TMPDIR: directory.path }
  const run = promisify(execFile)(process.execPath, [serverProgram(), ...args], { cwd: directory.path, env })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

describe('What a Kopano kvs has stored', () => {
  let directory: TemporaryDirectory
  before(async () => {
    directory = await temporaryDirectory()
    kopanoStore(directory.file('kvs.db'), rows)
    await writeFile(
      directory.file('config.yaml'),
      JSON.stringify(configOf({}, `sqlite://${directory.file('docs.db')}`)),
    )
  })
  after(() => directory?.remove())

  it('is copied, once, and then served', async () => {
    const args = ['kv', 'import-kopano', '--from', 'kvs.db', '--to', 'docs']
    const first = await command(directory, ...args)
    assert.equal(first.stdout, '4 documents found, 4 copied to docs, 0 were there already\n', first.stderr)
    const second = await command(directory, ...args)
    assert.equal(second.stdout, '4 documents found, 0 copied to docs, 4 were there already\n')

    const kv = await startKvServer({ uri: `sqlite://${directory.file('docs.db')}` })
    try {
      assert.equal((await kv.ask('GET', 'test1/doc1?raw=1')).text(), '{"a":1.0}')
      assert.deepEqual([...(await kv.ask('GET', 'bytes?raw=1')).body], [0, 255])
      assert.equal((await kv.ask('GET', 'padded?raw=1')).text(), 'hello\0')
      assert.equal((await kv.ask('GET', 'other')).status, 404)
    } finally {
      await kv.stop()
    }
  })

  it('is copied without the NULs of batches where that is asked for', async () => {
    const database = new DatabaseSync(directory.file('docs.db'))
    database.exec('DELETE FROM easyrest_kv')
    const source = `sqlite://${directory.file('kvs.db')}`
    const copied = await command(directory, 'kv', 'import-kopano', '--from', source, '--to', 'DOCS', '--strip-nul')
    assert.match(copied.stdout, /^4 documents found, 4 copied/)
    const stored = database.prepare('SELECT value FROM easyrest_kv ORDER BY pk').all() as { value: string }[]
    database.close()
    assert.deepEqual(
      stored.map(({ value }) => value),
      ['u:1', 'b:AP8=', 'u:hello', 'u:{"a":1.0}'],
    )
  })

  it('is copied when it is large: a batch of Kopano has no limit for a value', async () => {
    const value = Buffer.alloc(1_000_000, 'x')
    const large = Array.from({ length: 60 }, (_, index) => ({ ...rows[1]!, key: `large${index}`, value }))
    kopanoStore(directory.file('large.db'), large)
    const copied = await command(directory, 'kv', 'import-kopano', '--from', 'large.db', '--to', 'docs')
    assert.equal(copied.stdout, '60 documents found, 60 copied to docs, 0 were there already\n', copied.stderr)
  })

  it('is not copied from where there is none, and the message says so', async () => {
    const nothing = await command(directory, 'kv', 'import-kopano', '--from', 'nothing.db', '--to', 'docs')
    assert.equal(nothing.code, 2)
    assert.match(nothing.stderr, /no connection and no file "nothing.db"/)
    assert.equal(existsSync(directory.file('nothing.db')), false, 'and none is made')
    const none = await command(directory, 'kv', 'import-kopano', '--from', 'docs', '--to', 'docs')
    assert.equal(none.code, 1)
    assert.match(none.stderr, /kv/)
    const unknown = await command(directory, 'kv', 'import-kopano', '--from', 'kvs.db', '--to', 'dogs')
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /there is no connection "dogs", did you mean "docs"\?/)
  })

  it('is seen at the start, and the log says how to copy it', async () => {
    const copy = directory.file('copy.db')
    kopanoStore(copy, rows)
    const kv = await startKvServer({ uri: `sqlite://${copy}` })
    try {
      const line = await kv.server.logLine(/import-kopano/)
      assert.match(line, /easyrest-server kv import-kopano --from docs --to docs/)
    } finally {
      await kv.stop()
    }
  })
})

describe('easyrest-server kv ddl', () => {
  let directory: TemporaryDirectory
  before(async () => {
    directory = await temporaryDirectory()
  })
  after(() => directory?.remove())

  it('says how it is used when it is asked', async () => {
    for (const args of [['--help'], ['ddl', '--help'], ['ddl', '-h'], ['import-kopano', '-h']]) {
      const { code, stdout } = await command(directory, 'kv', ...args)
      assert.equal(code, 0, args.join(' '))
      assert.match(stdout, /^usage: easyrest-server kv ddl/)
    }
  })

  it('prints SQL that makes a table which the server takes', async () => {
    const uri = `sqlite://${directory.file('docs.db')}`
    await writeFile(directory.file('config.yaml'), JSON.stringify(configOf({}, uri)))
    const { stdout } = await command(directory, 'kv', 'ddl', '--connection', 'docs')
    const database = new DatabaseSync(directory.file('docs.db'))
    database.exec(`PRAGMA journal_mode = WAL;${stdout}`)
    database.close()
    const kv = await startKvServer({ uri, kv: { auto_create: false } })
    try {
      assert.equal((await kv.ask('PUT', 'x', json(1))).status, 200)
    } finally {
      await kv.stop()
    }
  })

  it('without the table the API is off, the log says why, and it heals when the table is made', async () => {
    const kv = await startKvServer({
      kv: { auto_create: false, limits: { wait: '50ms' } },
      ready: /key\/value API is off/,
    })
    try {
      const answer = await kv.ask('GET', 'x')
      assert.deepEqual([answer.status, answer.text()], [500, '\n'])
      assert.match(await kv.server.logLine(/is off/), /easyrest-server kv ddl --connection docs/)
      await writeFile(directory.file('config.yaml'), JSON.stringify(configOf({}, 'sqlite://./x.db')))
      const { stdout } = await command(directory, 'kv', 'ddl', '--connection', 'docs')
      const database = new DatabaseSync(kv.server.directory.file('docs.db'))
      database.exec(stdout)
      database.close()
      await kv.server.logLine(/key\/value API is ready/, 20_000)
      assert.equal((await kv.ask('GET', 'x')).status, 404)
    } finally {
      await kv.stop()
    }
  })
})

describe("The variables of Kopano's kvs", () => {
  let server: TestServer
  before(async () => {
    server = await startServer({
      config: { plugin_dirs: [sqlitePlugin().replace(/\/[^/]+$/, '')] },
      env: async (directory) => {
        kopanoStore(directory.file('kopano kvs.db'), rows)
        return {
          KOPANO_KVS_DB_DRIVER: 'sqlite3',
          KOPANO_KVS_DB_DATASOURCE: directory.file('kopano kvs.db'),
          KOPANO_KVS_ALLOW_CORS: '1',
          KOPANO_KVS_REQUIRED_SCOPES: 's1 s2',
          KOPANO_KVS_DB_MIGRATIONS: '/usr/share/kopano',
        }
      },
    })
    await server.logLine(/key\/value API is ready/, 20_000)
  })
  after(() => server?.stop())

  it('are a configuration that is ready to use', async () => {
    const claims = { sub: 'u1', aud: 'c1', scope: 's1 s2' }
    const put = await askKv(server, 'PUT', 'x', { ...json(1), claims })
    assert.equal(put.status, 200)
    const origin = [['Origin', 'https://app.example.com']] as const
    const get = await askKv(server, 'GET', 'x', { claims, headers: origin })
    assert.deepEqual([get.status, get.header('access-control-allow-origin')], [200, '*'])
    assert.equal((await askKv(server, 'GET', 'x', { claims: { ...claims, scope: 's1' } })).status, 403)
    assert.match(server.log(), /KOPANO_KVS_DB_MIGRATIONS: accepted, not needed/)
    await server.logLine(/import-kopano --from kopano --to kopano/)
  })
})

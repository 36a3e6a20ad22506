import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'
import { until } from '../support/until.js'
import { writeProgram } from '../support/write-program.js'

interface BadPlugin {
  readonly title: string
  /** What the log says beside the connection and the file. */
  readonly seen: RegExp
  /** undefined: there is no such file. */
  readonly script: string | undefined
  readonly executable?: boolean
}

/** By connection name, which is also the name of the program. */
const badPlugins: Readonly<Record<string, BadPlugin>> = {
  missing: { title: 'does not exist', seen: /not exist|no such|ENOENT|not found/i, script: undefined },
  locked: { title: 'is not executable (S2)', seen: /executable/i, script: 'sleep 60', executable: false },
  rubbish: {
    title: 'prints rubbish',
    seen: /handshake.*hello \\+u001b|hello \\+u001b.*handshake/i,
    script: `printf 'hello \\033[31m world\\n'; echo 'warming up' >&2; sleep 60`,
  },
  netrpc: {
    title: 'speaks net/rpc',
    seen: /net\/?rpc/i,
    script: `echo '1|1|unix|/nonexistent/er-socket|netrpc'; sleep 60`,
  },
  version: {
    title: 'speaks another version',
    seen: /version.*7|7.*version/i,
    script: `echo '1|7|unix|/nonexistent/er-socket|grpc|'; sleep 60`,
  },
  exits: { title: 'exits at once (S4)', seen: /3.*last words|last words.*3/, script: `echo 'last words' >&2; exit 3` },
  flood: {
    title: 'prints without end',
    seen: /handshake/i,
    script: `head -c 3000000 /dev/zero | tr '\\0' x; sleep 60`,
  },
  silent: { title: 'says nothing (S5)', seen: /time|within|after/i, script: 'sleep 60' },
}

describe('A plugin program', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({ config: configWithBadPlugins, startTimeoutMs: 30_000 })
  })
  after(() => server?.stop())

  it('that is good works beside the bad ones, and the log does not complain about it', async () => {
    const answer = await server.request('/api/good/any/', { headers: [authorization()] })
    assert.equal(answer.status, 200)
    assert.equal(complaint('good'), undefined)
  })

  for (const [name, { title, seen }] of Object.entries(badPlugins)) {
    it(`that ${title} is named in the log, and its connection answers 503`, async () => {
      const answer = await server.request(`/api/${name}/any/`, { headers: [authorization()] })
      assert.equal(answer.status, 503)
      assert.equal((answer.json() as { code: string }).code, 'unavailable')
      assert.doesNotMatch(answer.text(), /last words|hello|er-no-such-socket/, 'what it printed is for the log only')

      const line = await until(() => complaint(name), { what: `a log line about ${name}` }).catch(() => undefined)
      assert.ok(line !== undefined, `no log line names connection and file of ${name}:\n${server.log()}`)
      assert.match(line, seen)
      assert.doesNotMatch(line, /\u001b/, 'what it printed is escaped')
      assert.ok(line.length < 2000, `what it printed is cut, got a line of ${line.length}`)
    })
  }

  /** The warning that names the program and, beside it, the connection; if there is one. */
  function complaint(name: string): string | undefined {
    const program = server.directory.file(name)
    const isComplaint = (line: string): boolean =>
      /"level":[456]0/.test(line) && line.includes(program) && line.replaceAll(program, '').includes(name)
    return server.log().split('\n').find(isComplaint)
  }
})

async function configWithBadPlugins(directory: TemporaryDirectory): Promise<object> {
  const plugins: Record<string, object> = {
    good: { uri: 'pid://good', path: await fixtureProgram('pid-plugin', directory) },
  }
  for (const [name, { script, executable }] of Object.entries(badPlugins)) {
    const path = directory.file(name)
    if (script !== undefined) await writeProgram(path, script, { executable: executable ?? true })
    plugins[name] = { uri: `${name}://x`, path, limits: { start_timeout: '2s' } }
  }
  return { plugins }
}

import assert from 'node:assert/strict'
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { anyAdminPort, askAdmin, metric } from '../support/admin.js'
import { fixtureProgram } from '../support/fixture-program.js'
import { askPid, type PidAnswer } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'
import { writeProgram } from '../support/write-program.js'

interface Outcome {
  readonly reloaded: boolean
  readonly because: string
  readonly reason: string
}

/** A reload that is wrong in any way changes nothing, says why in one line, and is counted. */
describe('A reload with a configuration that is', { timeout: 180_000 }, () => {
  let server: TestServer
  let program: string
  let served: PidAnswer

  const file = (name: string): string => server.directory.file(name)
  const whole = (): string => `admin: { listen: "127.0.0.1:0" }
plugins:
  p:
    uri: "pid://one"
    path: ${program}
    allow:
      table: [any]
  q: { uri: "pid://two", path: ${program} }
`

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        program = await fixtureProgram('pid-plugin', directory)
        return { admin: anyAdminPort, plugins: { p: { uri: 'pid://one', path: program } } }
      },
    })
    served = await until(() => askPid(server).catch(() => undefined), { what: 'the first answer' })
    await server.writeConfig(whole())
    assert.ok((await reload()).reloaded)
  })
  after(() => server?.stop())
  beforeEach(() => rm(file('config.yaml'), { recursive: true, force: true }))

  const reload = async (): Promise<Outcome> =>
    (await askAdmin(server, '/-/reload', { method: 'POST' })).json() as Outcome

  const refused = async (because: string, reason: RegExp): Promise<void> => {
    const before = await failures()
    const outcome = await reload()
    assert.deepEqual([outcome.reloaded, outcome.because], [false, because], outcome.reason)
    assert.match(outcome.reason, reason)
    assert.deepEqual(await askPid(server), served)
    // One line of the log for each, and it comes through a pipe.
    await until(async () => (await failures()).logged > before.logged, { what: 'the line of the log', timeoutMs: 2000 })
    assert.deepEqual(await failures(), { counted: before.counted + 1, logged: before.logged + 1 })
    assert.match(server.log().split('\n').at(-1)!, /reload failed, the old configuration stays in force/)
  }

  const failures = async (): Promise<{ counted: number; logged: number }> => ({
    counted: await metric(server, 'easyrest_config_reload_failed_total'),
    logged: server.log().split('reload failed').length,
  })

  const plugin = (settings: string): string => `plugins: { p: { uri: "pid://one", path: PROGRAM, ${settings} } }\n`
  const connections = 'plugins: { p: { uri: "pid://one", path: PROGRAM } }\n'
  const texts: [title: string, text: string | Buffer, reason: RegExp][] = [
    ['empty', '', /the file is empty/],
    ['blank', ' \n\n\t\n', /empty|not valid YAML/],
    ['a comment', '# nothing\n', /the file is empty/],
    ['an end mark', '...\n', /expected a mapping/],
    ['zeros', Buffer.alloc(1000), /binary data/],
    ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xff, 0xfe]), /binary data/],
    ['UTF-16', Buffer.from(`\ufeff${connections}`, 'utf16le'), /binary data/],
    ['cut within a character', Buffer.from('plugins: "ü').subarray(0, -1), /binary data/],
    ['larger than a mebibyte', `${connections}#${'x'.repeat(1 << 20)}\n`, /at most 1048576 bytes/],
    ['a list', '- plugins\n', /expected a mapping/],
    ['a text', 'plugins\n', /expected a mapping/],
    ['two documents', `${connections}---\n${connections}`, /a second one/],
    ['indented by tabs', 'plugins:\n\tp: 1\n', /not valid YAML/],
    ['not closed', 'plugins: { p: {', /not valid YAML/],
    ['an open quote', 'host: "127.0.0.1\n', /not valid YAML/],
    ['a key twice', `${connections}port: 1\nport: 2\n`, /"port" is here twice/],
    ['a connection twice', 'plugins:\n  p: { uri: "a://b" }\n  p: { uri: "a://c" }\n', /"p" is here twice/],
    ['a connection twice but for its case', 'plugins: { p: { uri: "a://b" }, P: { uri: "a://b" } }\n', /collides with/],
    ['a bomb of aliases', bomb(), /aliases/],
    ['an alias of itself', 'plugins: &a { b: *a }\n', /alias|nested too deeply/],
    ['an alias of nothing', 'plugins: *nothing\n', /no anchor|alias/i],
    ['5,000 levels of brackets', `plugins: ${'['.repeat(5000)}${']'.repeat(5000)}\n`, /nested too deeply/],
    ['500 levels of indentation', levels(500), /nested too deeply/],
    ['with a key of objects', `__proto__: { port: 1 }\n${connections}`, /"__proto__" is not allowed/],
    ['with an unknown key', `${connections}prot: 1\n`, /unknown key "prot", did you mean "port"/],
    ['with an unknown key of a connection', plugin('pth: x'), /unknown key "pth"/],
    ['with a limit of words', `${connections}max_limit: many\n`, /max_limit: .*whole number/],
    ['with more workers than there may be', `${connections}workers: 257\n`, /from 1 to 256/],
    ['with a duration without unit', `${connections}server: { request_timeout: 30 }\n`, /request_timeout/],
    ['with a policy that does not exist', plugin('db_tx_end: comit'), /db_tx_end: .*commit/],
    ['with a secret file that is not there', `${connections}host: "\${file:none}"\n`, /the file does not exist/],
    ['with a variable that is not set', `${connections}host: "\${NOT_SET_ANYWHERE}"\n`, /NOT_SET_ANYWHERE/],
    ['with a key file that is not there', jwt('{ file: none.pem }'), /does not exist/],
    ['with a key file that is no key', jwt('{ file: rubbish.pem }'), /auth_plugins\.jwt\.settings: /],
    [
      'with keys that come unprotected',
      `${connections}auth_plugins: { jwt: { settings: { jwks_url: "http://127.0.0.1/keys" } } }\n`,
      /jwks_url: expected an https URL/,
    ],
    [
      'with keys that cannot be fetched',
      `${connections}auth_plugins: { jwt: { settings: { jwks_url: "https://127.0.0.1:1/keys" } } }\n`,
      /jwks_url: the keys at https:.* cannot be had/,
    ],
    ['with half of TLS', `${connections}tls_enabled: true\ntls_cert_file: rubbish.pem\n`, /tls_key_file/],
    [
      'with a certificate that is none',
      `${connections}tls_enabled: true\ntls_cert_file: rubbish.pem\ntls_key_file: rubbish.pem\n`,
      /tls_cert_file: .* of no use/,
    ],
    ['with a reserved name', 'plugins: { kvs: { uri: "a://b" } }\n', /"kvs" is reserved/],
    ['with a URI that is none', 'plugins: { p: { uri: "hunter2" } }\n', /plugins\.p\.uri: (?!.*hunter2)/],
    ['with a cache that is not there', plugin('enable_cache: true, cache_name: none'), /no connection "none"/],
    [
      'with a plugin file that is not there',
      `${connections}plugin_configs: [none.yaml]\n`,
      /none\.yaml: the file does not/,
    ],
    ['with a plugin file that is broken', `${connections}plugin_configs: [rubbish.pem]\n`, /rubbish\.pem/],
    ['with an admin listener for everybody', `admin: { listen: "0.0.0.0:1" }\n${connections}`, /admin\.allow_remote/],
  ]
  for (const [title, text, reason] of texts) {
    it(title, async () => {
      await writeFile(file('rubbish.pem'), '-----BEGIN PUBLIC KEY-----\nrubbish\n-----END PUBLIC KEY-----\n')
      const bytes = typeof text === 'string' ? text.replaceAll('PROGRAM', program) : text
      await writeFile(file('config.yaml'), bytes)
      await refused('configuration', reason)
    })
  }

  it('nested 5,000 levels deep, again and again', async () => {
    // V8 gives up the process at the third when such a depth is left to a stack overflow that is caught.
    await writeFile(file('config.yaml'), `plugins: ${'['.repeat(5000)}${']'.repeat(5000)}\n`)
    for (let count = 0; count < 10; count++) await refused('configuration', /nested too deeply/)
  })

  it('cut between two connections, or within one, in block style', async () => {
    const text = whole()
    for (const end of [
      text.indexOf('  q:'),
      text.indexOf('    allow:'),
      text.indexOf('  p:'),
      text.indexOf('plugins:'),
    ]) {
      await writeFile(file('config.yaml'), text.slice(0, end))
      await refused('configuration', end === text.indexOf('  p:') || end > 50 ? /seems to be cut off/ : /./)
    }
  })

  it('not there, a directory, a link to nothing, to itself, to a device, or a socket', async (t) => {
    await refused('configuration', /the file does not exist/)
    await mkdir(file('config.yaml'))
    await refused('configuration', /a directory/)
    for (const [target, reason] of [
      ['nothing', /does not exist/],
      ['config.yaml', /cannot be read \(ELOOP\)/],
      ['/dev/zero', /a device/],
    ] as const) {
      await rm(file('config.yaml'), { recursive: true })
      await symlink(target, file('config.yaml'))
      await refused('configuration', reason)
    }
    await rm(file('config.yaml'))
    const listener = createServer().listen(file('config.yaml'))
    t.after(() => listener.close())
    await refused('configuration', /device, pipe or socket/)
  })

  it('not readable', { skip: process.getuid?.() === 0 && 'root reads everything' }, async () => {
    await writeFile(file('config.yaml'), whole())
    await chmod(file('config.yaml'), 0)
    await refused('configuration', /permission denied/)
  })

  describe('right, but for a plugin that', () => {
    const withPlugin = (settings: object): Promise<void> =>
      server.writeConfig({ plugins: { p: { uri: 'pid://one', path: program }, x: { uri: 'pid://x', ...settings } } })

    it('is not there', async () => {
      await withPlugin({ path: '/no-such-program' })
      await refused('plugin', /connection x: .*does not exist/)
    })

    it('cannot be executed', async () => {
      await withPlugin({ path: await writeProgram(file('x1'), 'exit 0', { executable: false }) })
      await refused('plugin', /chmod \+x/)
    })

    it('is another one than the pinned', async () => {
      await withPlugin({ path: program, sha256: '0'.repeat(64) })
      await refused('plugin', /connection x: expected .* sha256/)
    })

    it('ends at once', async () => {
      await withPlugin({ path: await writeProgram(file('x2'), 'echo broken >&2; exit 3') })
      await refused('plugin', /connection x: .*exited with code 3.*broken/)
    })

    it('says nothing', async () => {
      const path = await writeProgram(file('x3'), 'exec sleep 60')
      await withPlugin({ path, limits: { start_timeout: '500ms' } })
      await refused('plugin', /connection x: .*expected a handshake within 500 ms/)
    })
  })

  it('right is put in force (control)', async () => {
    // As a careful program writes it.
    await writeFile(file('next.yaml'), whole().replace('pid://two', 'pid://three'))
    await rename(file('next.yaml'), file('config.yaml'))
    const outcome = await reload()
    assert.ok(outcome.reloaded, outcome.reason)
    assert.equal((await askPid(server)).pid, served.pid)
  })
})

function jwt(key: string): string {
  return `auth_plugins: { jwt: { settings: { keys: [${key}] } } }\nplugins: { p: { uri: "pid://one", path: PROGRAM } }\n`
}

/** Nine times nine times ... of one text. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level++)
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    )
  return `anon_claims:\n  ${lines.join('\n  ')}\n`
}

function levels(depth: number): string {
  return Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
}

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { loadConfig } from './load-config.js'
import { linesOf, load, problemsOf, secret } from './test-support/load.js'

const folder = mkdtempSync(join(tmpdir(), 'easyrest-config-'))
after(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('The seed configuration of the plugin guide', () => {
  const seed = `plugins:
  mydb:
    uri: "sqlite://./test.db"
    enable_cache: true
    cache_name: mydb_cache
  mydb_cache:
    uri: "sqlite://./test.db?autoCleanup=true"
`

  test('loads, with every default filled in', async () => {
    const { config, warnings } = await load(seed)
    assert.deepEqual(warnings, ['plugins.mydb.enable_cache: accepted, not in effect in this version'])
    assert.deepEqual([...config.connections.keys()], ['mydb', 'mydb_cache'])
    assert.deepEqual(config.connections.get('mydb'), {
      name: 'mydb',
      uri: 'sqlite://./test.db',
      scheme: 'sqlite',
      path: undefined,
      sha256: undefined,
      servesTables: true,
      servesCache: false,
      enableCache: true,
      cacheName: 'mydb_cache',
      dbTxEnd: 'commit-allow-override',
      useQuery: false,
      public: { tables: [], functions: [] },
      exclude: { tables: [], functions: [] },
      allow: { tables: [], functions: [] },
      cacheInvalidationMap: new Map(),
      env: {},
      envPass: [],
      instances: 1,
      limits: { timeoutMs: 30000, startTimeoutMs: 10000, inFlight: 64, queue: 256, waitMs: 1000 },
      defaultLimit: 0,
      maxLimit: 0,
      aggregates: true,
      title: 'EasyREST API',
    })
    assert.equal(config.connections.get('mydb_cache')?.servesCache, true)
    assert.deepEqual(config.http, { host: '127.0.0.1', port: 8080, tls: undefined })
    assert.equal(config.auth.jwt.secret, secret)
    assert.equal(config.auth.checkScope, true)
  })

  test('does not load without a key, and says how to make one', async () => {
    assert.deepEqual(await problemsOf(seed, { env: {} }), [
      'config.yaml:1:1: no key to verify access tokens with is configured; set ER_TOKEN_SECRET to the output of: ' +
        'openssl rand -base64 48 (or configure token_secret or auth_plugins.jwt.settings.keys)',
    ])
  })
})

describe('A mistake in the file is named with line, column, key and the nearest valid key', () => {
  const cases: [title: string, text: string, ...lines: string[]][] = [
    [
      'an unknown key of a connection',
      'plugins:\n  mydb:\n    uri: a://b\n    enabel_cache: true\n',
      'config.yaml:4:5: plugins.mydb: unknown key "enabel_cache", did you mean "enable_cache"?',
    ],
    [
      'an unknown key at the top',
      'acess_log: true\n',
      'config.yaml:1:1: unknown key "acess_log", did you mean "access_log"?',
    ],
    [
      'an unknown key that resembles none',
      'cors:\n  xyzzyxyzzy: 1\n',
      'config.yaml:2:3: cors: unknown key "xyzzyxyzzy"; expected enabled, origins, methods, headers, max_age',
    ],
    [
      'a wrong value',
      'plugins:\n  mydb:\n    uri: a://b\n    db_tx_end: comit\n',
      'config.yaml:4:16: plugins.mydb.db_tx_end: expected commit or commit-allow-override or rollback or ' +
        'rollback-allow-override, received "comit"',
    ],
    ['a bad port', 'port: 70000\n', 'config.yaml:1:7: port: expected a whole number from 0 to 65535, received 70000'],
    [
      'a key without a value',
      '\nport:\n',
      'config.yaml:2:1: port: expected a whole number from 0 to 65535, received nothing',
    ],
    [
      'a bad boolean',
      'check_scope: maybe\n',
      'config.yaml:1:14: check_scope: expected true or false (also yes/no, on/off, 1/0), received "maybe"',
    ],
    [
      'a text in the place of a list',
      'plugin_dirs: /opt\n',
      'config.yaml:1:14: plugin_dirs: expected a list, received "/opt"',
    ],
    [
      'a text in the place of a mapping',
      'cors: yes\n',
      'config.yaml:1:7: cors: expected a mapping (lines of "key: value" below this key), received "yes"',
    ],
    [
      'a number in a list of texts',
      'plugins: { a: { uri: "a://b", public: { table: [x, 5] } } }\n',
      'config.yaml:1:52: plugins.a.public.table[1]: expected text (put it in quotes), received 5',
    ],
    ['a missing URI', 'plugins:\n  mydb: {}\n', 'config.yaml:2:3: plugins.mydb.uri: this key is required and missing'],
    [
      'a URI without ://',
      'plugins:\n  mydb: { uri: "user:hunter2@host" }\n',
      'config.yaml:2:16: plugins.mydb.uri: expected a connection URI such as sqlite://./data.db, received text without "://"',
    ],
    [
      'a bad scheme',
      'plugins:\n  mydb: { uri: "my_sql://x" }\n',
      'config.yaml:2:16: plugins.mydb.uri: expected a scheme of letters, digits, "+", "." and "-" before "://"',
    ],
    [
      'a bad connection name',
      'plugins:\n  "my db": { uri: "a://b" }\n',
      'config.yaml:2:3: plugins."my db": expected a connection name of at most 63 letters, digits, "_" and "-" ' +
        'that does not start with a digit or "-"',
    ],
    [
      'a reserved connection name',
      'plugins:\n  KVS: { uri: "a://b" }\n',
      'config.yaml:2:3: plugins.KVS: the name "kvs" is reserved for the key/value API; rename the connection',
    ],
    [
      'two connections that differ in case only',
      'plugins:\n  Shop: { uri: "a://b" }\n  shop: { uri: "a://b" }\n',
      'config.yaml:3:3: plugins.shop: collides with "Shop": connection names compare without regard to case',
    ],
    [
      'a cache that does not exist',
      'plugins:\n  shop: { uri: "a://b", enable_cache: true, cache_name: shop_cahce }\n  shop_cache: { uri: "a://b" }\n',
      'config.yaml:2:57: plugins.shop.cache_name: there is no connection "shop_cahce", did you mean "shop_cache"?',
    ],
    [
      "the original's built-in cache",
      'plugins:\n  shop: { uri: "a://b", cache_name: lru }\n',
      'config.yaml:2:37: plugins.shop.cache_name: there is no connection "lru"; the original\'s built-in one does not ' +
        'exist here: add a cache connection',
    ],
    [
      'a short secret',
      'token_secret: hunter2\n',
      'config.yaml:1:15: token_secret: expected a secret of at least 32 bytes, received 7; make one with: ' +
        'openssl rand -base64 48',
    ],
    [
      'two secrets',
      `token_secret: ${'a'.repeat(32)}\nauth_plugins: { jwt: { settings: { jwt_secret: ${'b'.repeat(32)} } } }\n`,
      'config.yaml:1:15: token_secret: differs from auth_plugins.jwt.settings.jwt_secret, which is the same key; ' +
        'remove one of the two',
    ],
    [
      'an authentication plugin that is not built',
      'auth_plugins:\n  oidc:\n    settings: { open_id_connect_url: x }\n',
      'config.yaml:2:3: auth_plugins: the kind of authentication "oidc" is not built yet; use "jwt", the only one so far',
    ],
    [
      'a key set by URL',
      'auth_plugins:\n  jwt:\n    settings: { jwks_url: "https://x" }\n',
      'config.yaml:3:27: auth_plugins.jwt.settings.jwks_url: not built yet; until it is, save the public keys as files ' +
        'and name them under "keys"',
    ],
    [
      'a key file that does not exist',
      'auth_plugins:\n  jwt:\n    settings: { keys: [{ kid: a, file: nowhere.pem }] }\n',
      'config.yaml:3:40: auth_plugins.jwt.settings.keys[0].file: "nowhere.pem": the file does not exist; check the path',
    ],
    [
      'an unknown time zone',
      'default_timezone: Europe/Atlantis\n',
      'config.yaml:1:19: default_timezone: expected an IANA time zone such as UTC or Europe/Berlin, or an offset such as ' +
        '+02:00, received "Europe/Atlantis"',
    ],
    [
      'TLS without a certificate',
      'tls_enabled: true\n',
      'config.yaml:1:14: tls_enabled: TLS also needs "tls_cert_file"',
    ],
    [
      'a bare number where the unit would be a guess',
      'server: { request_timeout: 30 }\n',
      'config.yaml:1:28: server.request_timeout: expected a duration such as 30s or 500ms, received 30',
    ],
    [
      'a bad size',
      'server: { max_body_size: 10MBit }\n',
      'config.yaml:1:26: server.max_body_size: expected a size such as 10MB, 10MiB or a number of bytes, received "10MBit"',
    ],
    [
      'a negative limit',
      'default_limit: -1\n',
      'config.yaml:1:16: default_limit: expected a whole number of at least 0, received -1',
    ],
    [
      'a bad origin',
      'cors: { origins: [https://a.example/path] }\n',
      'config.yaml:1:19: cors.origins[0]: expected "*" or an origin such as https://app.example.com, without a path, ' +
        'received "https://a.example/path"',
    ],
    [
      'a bad variable name',
      'plugins: { a: { uri: "a://b", env: { A-B: x } } }\n',
      'config.yaml:1:38: plugins.a.env.A-B: expected the name of an environment variable (letters, digits and "_")',
    ],
    [
      'a key/value API on a connection that does not exist',
      'kv: { connection: nowhere }\n',
      'config.yaml:1:19: kv.connection: there is no connection "nowhere"',
    ],
    ['a list at the top', '- port\n', 'config.yaml:1:1: expected a mapping (lines of "key: value")'],
    [
      'a second document',
      'port: 1\n---\nport: 2\n',
      'config.yaml:3:1: expected one document, received a second one (---)',
    ],
  ]
  for (const [title, text, ...lines] of cases) {
    // A secret in the environment would replace the one of the file.
    const options = /secret/.test(text) ? { env: {} } : {}
    test(title, async () => assert.deepEqual(await problemsOf(text, options), lines))
  }

  test('all of them at once, also those that need the rest of the configuration', async () => {
    const text = `port: high
plugins:
  a: { uri: "a://b", cache_name: c, limits: { tiemout: 3s } }
  kvs: { uri: nothing }
default_timezone: \${NOWHERE}
`
    assert.deepEqual(
      (await problemsOf(text, { env: {} })).map((line) => line.split(': ').slice(0, 2).join(': ')),
      [
        'config.yaml:1:1: no key to verify access tokens with is configured; set ER_TOKEN_SECRET to the output of',
        'config.yaml:1:7: port',
        'config.yaml:3:34: plugins.a.cache_name',
        'config.yaml:3:47: plugins.a.limits',
        'config.yaml:4:3: plugins.kvs',
        'config.yaml:4:15: plugins.kvs.uri',
        'config.yaml:5:19: default_timezone',
      ],
    )
  })
})

describe('A file that cannot be used is refused with the reason', () => {
  const cases: [title: string, make: () => string, message: string][] = [
    ['missing', () => join(folder, 'nowhere.yaml'), 'the file does not exist; check the path'],
    ['empty', () => write('empty.yaml', ''), 'the file is empty; docs/configuration.md shows what belongs into it'],
    [
      'of comments only',
      () => write('comments.yaml', '# port: 1\n'),
      'the file is empty; docs/configuration.md shows what belongs into it',
    ],
    ['binary', () => write('zeros', Buffer.alloc(100)), 'expected text in UTF-8, received binary data'],
    ['not UTF-8', () => write('latin1', Buffer.from([0x61, 0xe4])), 'expected text in UTF-8, received binary data'],
    [
      'too large',
      () => write('large', `a: ${'b'.repeat(1024 * 1024)}`),
      'expected at most 1048576 bytes, received 1048579',
    ],
    [
      'a directory',
      () => {
        mkdirSync(join(folder, 'directory'))
        return join(folder, 'directory')
      },
      'expected a file, received a directory',
    ],
  ]
  for (const [title, make, message] of cases) {
    test(title, async () => {
      const file = make()
      assert.deepEqual(await linesOf(() => loadConfig({ file, flags: {}, env: {} })), [`${file}: ${message}`])
    })
  }

  test('unreadable', async () => {
    const file = write('unreadable.yaml', 'port: 1')
    chmodSync(file, 0)
    const [line] = await asNobody(() => linesOf(() => loadConfig({ file, flags: {}, env: {} })))
    assert.match(line!, /unreadable\.yaml: the file cannot be read: permission denied; make it readable/)
  })
})

/** Root may read everything: for the time of a call it is somebody else. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run()
  process.seteuid?.(65534)
  try {
    return await run()
  } finally {
    process.seteuid?.(0)
  }
}

describe('Precedence', () => {
  const file = 'port: 1001\nhost: 10.0.0.1\ndefault_timezone: Europe/Rome\n'

  test('a flag beats the environment, which beats the file, which beats the default', async () => {
    const env = { ER_TOKEN_SECRET: secret, ER_PORT: '1002', ER_DEFAULT_TIMEZONE: 'Europe/Paris' }
    const { config } = await load(file, { env, flags: { port: '1003' } })
    assert.deepEqual([config.http.port, config.defaultTimezone], [1003, 'Europe/Paris'])
    assert.deepEqual([config.http.host, config.accessLog], ['10.0.0.1', false])
  })

  test('a value from the environment or a flag is named by its variable or flag when it is wrong', async () => {
    assert.deepEqual(await problemsOf(file, { env: { ER_TOKEN_SECRET: secret, ER_PORT: 'x' } }), [
      'environment: ER_PORT: expected a whole number from 0 to 65535, received "x"',
    ])
    assert.deepEqual(await problemsOf(file, { flags: { checkScope: 'x' } }), [
      'command line: --check-scope: expected true or false (also yes/no, on/off, 1/0), received "x"',
    ])
  })

  test('a secret from outside beats both of its spellings in the file', async () => {
    const text = `auth_plugins: { jwt: { settings: { jwt_secret: ${'b'.repeat(32)} } } }\n`
    const { config, warnings } = await load(text)
    assert.equal(config.auth.jwt.secret, secret)
    assert.deepEqual(warnings.slice(0, 1), ['ER_TOKEN_SECRET replaces auth_plugins.jwt.settings.jwt_secret'])
  })

  test('without a file name the variables and the usual name are tried', async () => {
    const cwd = mkdtempSync(join(folder, 'cwd-'))
    const port = async (env: NodeJS.ProcessEnv) =>
      (await loadConfig({ flags: {}, env: { ER_TOKEN_SECRET: secret, ...env }, cwd })).config.http.port
    assert.equal(await port({}), 8080)
    writeFileSync(join(cwd, 'config.yaml'), 'port: 1')
    writeFileSync(join(cwd, 'two.yaml'), 'port: 2')
    writeFileSync(join(cwd, 'three.yaml'), 'port: 3')
    assert.equal(await port({}), 1)
    assert.equal(await port({ ER_CONFIG_FILE: 'two.yaml' }), 2)
    assert.equal(await port({ ER_CONFIG_FILE: 'two.yaml', EASYREST_CONFIG: 'three.yaml' }), 3)
  })
})

describe('Interpolation', () => {
  test('takes variables, defaults and files, and reads numbers and booleans from text', async () => {
    write('secret.txt', `${secret}\n`)
    const text = `token_secret: \${file:secret.txt}
port: \${PORT}
check_scope: \${CHECK:-off}
plugins:
  a: { uri: "a://\${USER_NAME}:\${PASSWORD:-none}@h/$\${x}", enable_cache: "\${CACHE}" }
`
    const env = { PORT: '81', USER_NAME: 'u', PASSWORD: '', CACHE: 'true' }
    const { config, files } = await load(text, { env, file: 'config.yaml', cwd: folder })
    assert.equal(config.auth.jwt.secret, secret)
    assert.equal(config.http.port, 81)
    assert.equal(config.auth.checkScope, false)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the escaped form is what is tested
    assert.equal(config.connections.get('a')?.uri, 'a://u:none@h/${x}')
    assert.equal(config.connections.get('a')?.enableCache, true)
    assert.deepEqual(files, [join(folder, 'secret.txt')])
  })

  test('refuses what it cannot resolve, at its place, and shows no value', async () => {
    const text = `host: a\nport: \${P}\naccess_log: \${file:/nowhere}\nplugin_log: \${a b}\ncheck_scope: "\${"\n`
    assert.deepEqual(await problemsOf(text, { env: { ER_TOKEN_SECRET: secret, P: 'hunter2' } }), [
      'config.yaml:2:7: port: expected a whole number from 0 to 65535',
      `config.yaml:3:13: access_log: \${file:/nowhere}: the file does not exist; check the path`,
      `config.yaml:4:13: plugin_log: expected \${VAR}, \${VAR:-default} or \${file:/path} (not nested); write $\${ for a literal \${`,
      `config.yaml:5:14: check_scope: expected a } that closes \${; write $\${ for a literal \${`,
    ])
  })
})

describe('Values', () => {
  test('have the meaning and the quirks of the original', async () => {
    const ttl = async (value: string) => (await load(`token_cache_ttl: ${value}\n`)).config.auth.tokenCacheTtlMs
    assert.deepEqual(
      [await ttl('-1'), await ttl('0'), await ttl('60'), await ttl('5m')],
      [0, Number.POSITIVE_INFINITY, 60_000, 300_000],
    )
    const { config } = await load(
      'port: "81"\ncors: { max_age: 60 }\ndefault_limit: 5\nplugins: { a: { uri: "A+x://b" } }\n',
    )
    assert.equal(config.http.port, 81)
    assert.equal(config.cors.maxAgeMs, 60_000)
    assert.equal(config.connections.get('a')?.defaultLimit, 5)
    assert.equal(config.connections.get('a')?.scheme, 'a+x')
  })

  test('relative paths are relative to the folder of the file they stand in, URIs are left alone', async () => {
    mkdirSync(join(folder, 'etc/keys'), { recursive: true })
    write('etc/keys/a.pem', 'key')
    write('etc/more.yaml', 'name: more\nuri: b://c\npath: ./bin/more\n')
    write(
      'etc/config.yaml',
      `auth_plugins: { jwt: { settings: { keys: [{ kid: a, file: keys/a.pem }] } } }
plugin_configs: [more.yaml]
plugin_dirs: [lib]
plugins: { a: { uri: "sqlite://./a.db", path: bin/a } }
`,
    )
    const { config, files } = await loadConfig({ file: 'etc/config.yaml', flags: {}, env: {}, cwd: folder })
    assert.deepEqual(config.auth.jwt.keys, [{ kid: 'a', file: join(folder, 'etc/keys/a.pem') }])
    assert.equal(config.connections.get('a')?.path, join(folder, 'etc/bin/a'))
    assert.equal(config.connections.get('more')?.path, join(folder, 'etc/bin/more'))
    assert.equal(config.connections.get('a')?.uri, 'sqlite://./a.db')
    assert.deepEqual(config.pluginDirs, [join(folder, 'etc/lib')])
    assert.deepEqual(
      files,
      ['config.yaml', 'more.yaml', 'keys/a.pem'].map((name) => join(folder, 'etc', name)),
    )
  })

  test('TLS needs both files, readable; two files named outside turn it on', async () => {
    const [cert, key] = [write('a.crt', 'x'), write('a.key', 'x')]
    const env = { ER_TOKEN_SECRET: secret, ER_TLS_CERT_FILE: cert }
    const { config } = await load('port: 1\n', { env, flags: { tlsKeyFile: key } })
    assert.deepEqual(config.http.tls, { certFile: cert, keyFile: key })
    const off = await load(`tls_cert_file: ${cert}\ntls_key_file: ${key}\n`)
    assert.equal(off.config.http.tls, undefined)
    assert.equal(off.warnings[0], 'tls_cert_file: not used, because tls_enabled is false')
  })

  test('merge keys and aliases work as in the original', async () => {
    const { config } = await load(`plugins:
  a: &base { uri: "a://b", use_query: true, title: A }
  b: { <<: *base, title: B }
`)
    assert.deepEqual([config.connections.get('b')?.title, config.connections.get('b')?.useQuery], ['B', true])
  })
})

describe('Warnings', () => {
  test('name every key that has no effect, once, with the reason', async () => {
    const { warnings } = await load(`otel: { enabled: true, endpoint: x }
server: { http2_ping_timeout: 5s, write_timeout: 10s }
workers: 2
admin: { listen: "127.0.0.1:9090" }
cors: { enabled: true }
`)
    assert.deepEqual(warnings, [
      'otel: accepted, has no effect: tracing is not built yet',
      'server.write_timeout: accepted, has no effect: it would cut long answers in the middle; ' +
        'server.request_timeout bounds a request',
      'server.http2_ping_timeout: accepted, has no effect: the server speaks HTTP/1.1; put a proxy in front for 2',
      'admin: accepted, not in effect in this version',
      'workers: accepted, not in effect in this version',
      'cors.origins: the list is empty, so no origin is allowed; name origins, or "*" for all',
      'plugins: no connection is configured, so nothing is served',
    ])
  })

  test('flags without effect are accepted', async () => {
    const { warnings } = await load('plugins: { a: { uri: "a://b" } }\n', { flags: { authFlow: 'x', tokenUrl: 'y' } })
    assert.deepEqual(
      warnings.map((line) => line.split(':')[0]),
      ['--token-url', '--auth-flow'],
    )
  })
})

describe('Files of plugin entries', () => {
  test('hold several documents, and never replace an entry of the main file', async () => {
    write('entries.yaml', 'name: one\nuri: a://1\n---\nname: TWO\nuri: a://2\n---\nname: three\nuri: a://3\n')
    const text = 'plugin_configs: [entries.yaml]\nplugins: { two: { uri: "a://main" } }\n'
    const { config, warnings } = await load(text, { cwd: folder })
    assert.deepEqual(
      [...config.connections].map(([key, { uri }]) => [key, uri]),
      [
        ['two', 'a://main'],
        ['one', 'a://1'],
        ['three', 'a://3'],
      ],
    )
    assert.deepEqual(warnings, ['entries.yaml:4:7: not used, because there is a connection "TWO" already'])
  })

  test('are checked like the main file, with their own places', async () => {
    write('bad.yaml', 'name: one\nuri: a://1\nuse_qery: true\n---\nuri: a://2\n')
    const text = 'plugin_configs: [bad.yaml, nowhere.yaml]\n'
    assert.deepEqual(await problemsOf(text, { cwd: folder }), [
      'bad.yaml:3:1: plugins.one: unknown key "use_qery", did you mean "use_query"?',
      'bad.yaml:5:1: expected a plugin entry with "name" and "uri"',
      'nowhere.yaml: the file does not exist; check the path',
    ])
  })

  test('named by a flag replace those of the environment and the file', async () => {
    write('flag.yaml', 'name: flag\nuri: a://1\n')
    const env = { ER_TOKEN_SECRET: secret, ER_PLUGINS: 'env.yaml,env2.yaml' }
    const { config } = await load('plugin_configs: [file.yaml]\n', {
      env,
      cwd: folder,
      flags: { plugin: ['flag.yaml'] },
    })
    assert.deepEqual([...config.connections.keys()], ['flag'])
  })
})

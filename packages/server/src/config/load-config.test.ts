import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadConfig } from './load-config.js'
import { folder, write } from './test-support/folder.js'
import { load, problemsOf, secret } from './test-support/load.js'

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
    assert.deepEqual(warnings, [])
    assert.deepEqual([...config.connections.keys()], ['mydb', 'mydb_cache'])
    assert.deepEqual(config.connections.get('mydb'), {
      name: 'mydb',
      uri: 'sqlite://./test.db',
      scheme: 'sqlite',
      path: undefined,
      sha256: undefined,
      reattach: undefined,
      tls: 'auto',
      servesTables: true,
      servesCache: false,
      enableCache: true,
      cacheName: 'mydb_cache',
      cacheTtlMs: 86_400_000,
      dbTxEnd: 'commit-allow-override',
      useQuery: false,
      public: { tables: [], functions: [] },
      exclude: { tables: [], functions: [] },
      allow: { tables: [], functions: [] },
      cacheInvalidationMap: new Map(),
      env: {},
      envPass: [],
      instances: 1,
      limits: {
        timeoutMs: 30_000,
        startTimeoutMs: 10_000,
        inFlight: 64,
        queue: 256,
        waitMs: 1000,
        streamTimeoutMs: 600_000,
      },
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

  test('needs no cache_name where a connection has the usual name of its cache', async () => {
    const cacheOf = async (text: string): Promise<unknown> => {
      const { config } = await load(text)
      return [config.connections.get('shop')?.cacheName, config.connections.get('shop_cache')?.servesCache]
    }
    const shop = (settings: string) => `plugins:\n  Shop: { uri: "a://b"${settings} }\n`
    const cache = '  SHOP_cache: { uri: "a://b" }\n'
    assert.deepEqual(await cacheOf(`${shop(', enable_cache: true')}${cache}`), ['shop_cache', true])
    assert.deepEqual(await cacheOf(shop(', enable_cache: true')), [undefined, undefined])
    assert.deepEqual(await cacheOf(`${shop('')}${cache}`), ['shop_cache', false])
  })

  test('does not load without a key, and says how to make one', async () => {
    assert.deepEqual(await problemsOf(seed, { env: {} }), [
      'config.yaml:1:1: no key to verify access tokens with is configured; set ER_TOKEN_SECRET to the output of: ' +
        'openssl rand -base64 48 (or configure token_secret, or keys or jwks_url in auth_plugins.jwt.settings)',
    ])
  })
})

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
      'cors.origins: the list is empty, so no origin is allowed; name origins, or "*" for all',
      'plugins: no connection is configured, so nothing is served',
    ])
  })
})

describe('Where clients get tokens', () => {
  const [token, login] = ['https://id.example.com/token', 'https://id.example.com/login']
  const loginOf = async (text: string, flags = {}): Promise<unknown> =>
    (await load(`${text}\nplugins: { a: { uri: "a://b" } }\n`, { flags })).config.auth.jwt.login
  const settings = (text: string): string => `auth_plugins: { jwt: { settings: { ${text} } } }`

  test('is the token_url, or what the settings of jwt say', async () => {
    assert.equal(await loginOf(''), undefined)
    assert.equal(await loginOf('auth_flow: password'), undefined)
    const password = { flow: 'password', tokenUrl: token, authorizationUrl: undefined }
    assert.deepEqual(await loginOf(`token_url: ${token}`), password)
    assert.deepEqual(await loginOf('', { tokenUrl: token, authFlow: 'application' }), {
      ...password,
      flow: 'application',
    })
    assert.deepEqual(
      await loginOf(`token_url: https://other.example\n${settings(`token_endpoint: "${token}"`)}`),
      password,
    )
    const both = settings(`token_endpoint: "${token}", authorization_endpoint: "${login}"`)
    assert.deepEqual(await loginOf(both), { flow: 'accessCode', tokenUrl: token, authorizationUrl: login })
    const page = { flow: 'implicit', tokenUrl: undefined, authorizationUrl: login }
    assert.deepEqual(await loginOf(settings(`authorization_endpoint: "${login}"`)), page)
  })

  test('is refused when it is no URL, or not what the flow needs', async () => {
    await assert.rejects(loginOf('token_url: id.example.com'), /token_url: expected a URL such as/)
    await assert.rejects(loginOf(`token_url: ${token}\nauth_flow: code`), /auth_flow: expected password or accessCode/)
    await assert.rejects(
      loginOf(`token_url: ${token}\nauth_flow: accessCode`),
      /accessCode needs authorization_endpoint/,
    )
    await assert.rejects(
      loginOf(settings(`authorization_endpoint: "${login}", flow: password`)),
      /password needs token_endpoint/,
    )
  })
})

describe('A connection that takes statements', () => {
  test('has no lists, which could not hold inside a statement', async () => {
    const text = `plugins:
  a: { uri: "a://b", use_query: true, exclude: { table: [x] }, allow: { func: [f] }, aggregates: false }
  b: { uri: "a://b", use_query: true, public: { table: [x] }, max_limit: 5 }
  c: { uri: "a://b", exclude: { table: [x] } }
`
    const problems = await problemsOf(text)
    assert.deepEqual(
      problems.map((line) => line.slice(0, line.indexOf(' cannot hold'))),
      [
        'config.yaml:2:48: plugins.a.exclude:',
        'config.yaml:2:71: plugins.a.allow:',
        'config.yaml:2:98: plugins.a.aggregates:',
      ],
    )
  })

  test('has no ETags', async () => {
    const { warnings } = await load('plugins: { a: { uri: "a://b", use_query: true, enable_cache: true } }\n')
    assert.deepEqual(warnings, ['plugins.a.enable_cache: accepted, has no effect: answers to statements have no ETag'])
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

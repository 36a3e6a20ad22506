import assert from 'node:assert/strict'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadConfig } from './load-config.js'
import { folder, write } from './test-support/folder.js'
import { linesOf, problemsOf } from './test-support/load.js'

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
      'config.yaml:2:3: cors: unknown key "xyzzyxyzzy"; expected enabled, origins, methods, headers, max_age, credentials',
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
      'config.yaml:2:37: plugins.shop.cache_name: there is no connection "lru"; the original\'s built-in one is a ' +
        'plugin here: add lru: { uri: "lru://" }',
    ],
    [
      'a cache that keeps nothing',
      'plugins:\n  shop: { uri: "a://b", cache_ttl: 0 }\n',
      'config.yaml:2:36: plugins.shop.cache_ttl: expected a duration longer than 0, received 0',
    ],
    [
      'a table that cannot exist in cache_invalidation_map',
      'plugins:\n  shop: { uri: "a://b", cache_invalidation_map: { "*": [a-b] } }\n',
      'config.yaml:2:57: plugins.shop.cache_invalidation_map."*"[0]: expected the name of a table or function, or "*", ' +
        'received "a-b"',
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
      'keys that anybody on the way could change',
      'auth_plugins:\n  jwt:\n    settings: { jwks_url: "http://127.0.0.1/keys?secret" }\n',
      'config.yaml:3:27: auth_plugins.jwt.settings.jwks_url: expected an https URL without a password, such as ' +
        'https://id.example.com/jwks.json',
    ],
    [
      'a key file that does not exist',
      'auth_plugins:\n  jwt:\n    settings: { keys: [{ kid: a, file: nowhere.pem }] }\n',
      'config.yaml:3:40: auth_plugins.jwt.settings.keys[0].file: "nowhere.pem": the file does not exist; check the path',
    ],
    [
      'credentials for every web page',
      'cors: { origins: ["*"], credentials: true }\n',
      'config.yaml:1:38: cors.credentials: every web page could act with the credentials of its visitors; name origins ' +
        'instead of "*"',
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
      'a key/value API on a connection that stores nothing',
      'plugins: { a: { uri: "a://b", db_tx_end: rollback-allow-override } }\nkv: { connection: A }\n',
      'config.yaml:2:19: kv.connection: the connection "A" rolls every write back (db_tx_end), so nothing would be stored',
    ],
    [
      'a realm of the key/value API that does not exist',
      'plugins: { a: { uri: "a://b" } }\nkv: { connection: a, realms: { users: {} } }\n',
      'config.yaml:2:32: kv.realms.users: expected one of the realms user, app, shared, did you mean "user"?',
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

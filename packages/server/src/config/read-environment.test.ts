import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Config } from './config.js'
import { load, problemsOf, secret } from './test-support/load.js'

const withKey = (env: NodeJS.ProcessEnv) => ({ env: { ER_TOKEN_SECRET: secret, ...env } })
const base = 'plugins: { main: { uri: "a://main" } }\n'

describe('R1: the variables of the original', () => {
  const cases: [variable: string, value: string, read: (config: Config) => unknown, expected: unknown][] = [
    ['ER_PORT', '9999', ({ http }) => http.port, 9999],
    ['ER_HOST', '0.0.0.0', ({ http }) => http.host, '0.0.0.0'],
    ['ER_CHECK_SCOPE', '0', ({ auth }) => auth.checkScope, false],
    ['ER_CHECK_SCOPE', 'true', ({ auth }) => auth.checkScope, true],
    ['ER_TOKEN_SECRET', 'x'.repeat(33), ({ auth }) => auth.jwt.secret, 'x'.repeat(33)],
    ['ER_TOKEN_USER_SEARCH', 'email', ({ auth }) => auth.userClaim, 'email'],
    ['ER_TOKEN_CACHE_TTL', '-1', ({ auth }) => auth.tokenCacheTtlMs, 0],
    ['ER_ANON_CLAIMS', '{"role":"guest"}', ({ auth }) => ({ ...auth.anonClaims }), { role: 'guest' }],
    ['ER_NO_PLUGIN_LOG', '1', ({ pluginLog }) => pluginLog, false],
    ['ER_NO_PLUGIN_LOG', '0', ({ pluginLog }) => pluginLog, true],
    ['ER_ACCESSLOG', '1', ({ accessLog }) => accessLog, true],
    ['ER_DEFAULT_TIMEZONE', 'Asia/Tokyo', ({ defaultTimezone }) => defaultTimezone, 'Asia/Tokyo'],
    ['ER_CORS_ENABLED', '1', ({ cors }) => cors.enabled, true],
    ['ER_CORS_ORIGINS', 'https://a, https://b', ({ cors }) => cors.origins, ['https://a', 'https://b']],
    ['ER_CORS_METHODS', 'get,POST', ({ cors }) => cors.methods, ['GET', 'POST']],
    ['ER_CORS_HEADERS', 'X-A,X-B', ({ cors }) => cors.headers, ['X-A', 'X-B']],
    ['ER_CORS_MAX_AGE', '60', ({ cors }) => cors.maxAgeMs, 60_000],
    ['ER_SERVER_READ_TIMEOUT', '6s', ({ server }) => server.readTimeoutMs, 6000],
    ['ER_SERVER_IDLE_TIMEOUT', '1m', ({ server }) => server.idleTimeoutMs, 60_000],
    ['ER_SERVER_READ_HEADER_TIMEOUT', '7s', ({ server }) => server.readHeaderTimeoutMs, 7000],
    ['ER_SERVER_MAX_HEADER_BYTES', '32KiB', ({ server }) => server.maxHeaderBytes, 32_768],
    ['ER_SERVER_MAX_BODY_SIZE', '5MB', ({ server }) => server.maxBodyBytes, 5_000_000],
    ['ER_SERVER_TRUSTED_PROXY_MODE', 'header', ({ server }) => server.trustedProxy.mode, 'header'],
    ['ER_SERVER_TRUSTED_PROXY_COUNT', '2', ({ server }) => server.trustedProxy.count, 2],
    ['ER_SERVER_TRUSTED_PROXY_HEADER', 'X-Client', ({ server }) => server.trustedProxy.header, 'x-client'],
  ]
  for (const [variable, value, read, expected] of cases) {
    test(`${variable}=${value}`, async () => {
      const { config, warnings } = await load(base, withKey({ [variable]: value }))
      assert.deepEqual(read(config), expected)
      assert.deepEqual(
        warnings.filter((line) => !line.startsWith('cors.origins')),
        [],
      )
    })
  }

  test('without effect give a warning', async () => {
    for (const variable of ['ER_SERVER_WRITE_TIMEOUT', 'ER_HTTP2_PING_TIMEOUT']) {
      const { warnings } = await load(base, withKey({ [variable]: '1s' }))
      assert.deepEqual(
        warnings.map((line) => line.split(': ').slice(0, 2).join(': ')),
        [`${variable}: accepted, has no effect`],
      )
    }
  })

  test('with a bad value are refused by their name', async () => {
    const lines = await problemsOf(base, withKey({ ER_NO_PLUGIN_LOG: 'x', ER_ANON_CLAIMS: '[', ER_CORS_ENABLED: '2' }))
    assert.deepEqual(lines, [
      'environment: ER_ANON_CLAIMS: expected claims as a JSON object such as {"role":"guest"}',
      'environment: ER_NO_PLUGIN_LOG: expected true or false (also yes/no, on/off, 1/0), received "x"',
      'environment: ER_CORS_ENABLED: expected true or false (also yes/no, on/off, 1/0), received "2"',
    ])
  })

  test('set to nothing count as not set, and unknown ones give a warning', async () => {
    const { config, warnings } = await load(
      base,
      withKey({ ER_PORT: '', ER_PROT: '1', ER_QWERTYUIOP: '1', OTHER: '1' }),
    )
    assert.equal(config.http.port, 8080)
    assert.deepEqual(warnings, [
      'ER_PROT: unknown variable, not used; did you mean ER_PORT?',
      'ER_QWERTYUIOP: unknown variable, not used',
    ])
  })
})

describe('Connections from the environment', () => {
  test('are added with their settings, and a cache is only a cache', async () => {
    const { config, warnings } = await load(
      'port: 1\n',
      withKey({
        ER_DB_SHOP: 'postgres://h/shop',
        ER_CACHE_SHOPCACHE: 'redis://h',
        ER_CACHE_ENABLE_SHOP: '1',
        ER_USE_QUERY_SHOP: 'no',
        ER_DB_shop_CACHENAME: 'shopcache',
      }),
    )
    assert.deepEqual(warnings, [])
    const shop = config.connections.get('shop')
    assert.deepEqual(
      [shop?.scheme, shop?.enableCache, shop?.useQuery, shop?.cacheName, shop?.dbTxEnd, shop?.servesTables],
      ['postgres', true, false, 'shopcache', 'commit-allow-override', true],
    )
    const cache = config.connections.get('shopcache')
    assert.deepEqual([cache?.servesTables, cache?.servesCache], [false, true])
    assert.equal(config.connections.size, 2)
  })

  test('never replace an entry of the file, but settings apply to it', async () => {
    const { config, warnings } = await load(base, withKey({ ER_DB_MAIN: 'b://env', ER_USE_QUERY_MAIN: '1' }))
    assert.equal(config.connections.get('main')?.uri, 'a://main')
    assert.equal(config.connections.get('main')?.useQuery, true)
    assert.deepEqual(warnings, ['ER_DB_MAIN: not used, because the configuration file defines the connection "main"'])
  })

  test('of one name must have one URI', async () => {
    const same = await load('port: 1\n', withKey({ ER_DB_X: 'a://b', ER_CACHE_X: 'a://b' }))
    assert.equal(same.config.connections.get('x')?.servesTables, true)
    assert.deepEqual(await problemsOf('port: 1\n', withKey({ ER_DB_X: 'a://u:hunter2@b', ER_CACHE_X: 'a://c' })), [
      'environment: ER_DB_X: ER_CACHE_X defines the connection "x" with another URI; rename one of the two',
    ])
  })

  test('may have names that look like settings, because their values have ://', async () => {
    const { config } = await load('port: 1\n', withKey({ ER_CACHE_ENABLE_X: 'a://b', ER_DB_X_CACHENAME: 'a://c' }))
    assert.deepEqual([...config.connections.keys()], ['enable_x', 'x_cachename'])
  })

  test('that make no sense are refused or warned about', async () => {
    assert.deepEqual(await problemsOf(base, withKey({ ER_DB_X: 'user:hunter2' })), [
      'environment: ER_DB_X: expected a connection URI such as sqlite://./data.db, received text without "://"',
    ])
    assert.deepEqual(await problemsOf(base, withKey({ ER_CACHE_ENABLE_MAIN: 'x' })), [
      'environment: ER_CACHE_ENABLE_MAIN: expected true or false (also yes/no, on/off, 1/0), received "x"',
    ])
    const { warnings } = await load(base, withKey({ ER_CACHE_ENABLE_NOBODY: '1' }))
    assert.deepEqual(warnings, ['ER_CACHE_ENABLE_NOBODY: there is no connection "nobody", not used'])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRedisUri, type RedisUri } from './redis-uri.js'

const plain: RedisUri = {
  tls: false,
  user: undefined,
  password: undefined,
  hosts: [{ host: 'localhost', port: 6379 }],
  database: 0,
  connectTimeoutMs: 2000,
  answerTimeoutMs: 1000,
  clientName: undefined,
  keyPrefix: '',
  cluster: false,
  sentinel: undefined,
  tlsOptions: {},
}

const readAs = (uri: string, expected: Partial<RedisUri>): void =>
  assert.deepEqual(parseRedisUri(uri), { ...plain, ...expected }, uri)

test('a server, a user, a database', () => {
  for (const uri of [
    'redis://',
    'redis://localhost',
    'redis://:6379/',
    'REDIS://localhost/0',
    'valkey://localhost?db=0',
  ]) {
    readAs(uri, {})
  }
  readAs('redis://:secret@10.0.0.1:7000/3', {
    password: 'secret',
    hosts: [{ host: '10.0.0.1', port: 7000 }],
    database: 3,
  })
  readAs('rediss://shop:p%40s%2Fs%3A%3F@[::1]/?db=2', {
    tls: true,
    user: 'shop',
    password: 'p@s/s:?',
    hosts: [{ host: '::1', port: 6379 }],
    database: 2,
  })
})

test('Redis Cluster and sentinels', () => {
  const hosts = (port: number) => [
    { host: 'a', port: 1 },
    { host: 'b', port },
  ]
  readAs('redis://a:1,b/?cluster=true', { cluster: true, hosts: hosts(6379) })
  readAs('redis://:p@a:1,b/4?master_name=main&sentinel_username=u&sentinel_password=s', {
    password: 'p',
    hosts: hosts(26_379),
    database: 4,
    sentinel: { masterName: 'main', user: 'u', password: 's' },
  })
})

test('times, names and TLS', () => {
  readAs('redis://?dial_timeout=500ms&read_timeout=3&client_name=shop&key_prefix=shop%3A', {
    connectTimeoutMs: 500,
    answerTimeoutMs: 3000,
    clientName: 'shop',
    keyPrefix: 'shop:',
  })
  readAs('valkeys://?skip_verify=1&ca_file=ca.pem&cert_file=c.pem&key_file=k.pem', {
    tls: true,
    tlsOptions: { skip_verify: true, ca_file: 'ca.pem', cert_file: 'c.pem', key_file: 'k.pem' },
  })
})

test("the original's options, in the spelling of its driver and of its documentation", () => {
  readAs('redis://?dialTimeout=5s&readTimeout=3s&writeTimeout=3s&poolSize=10&minIdleConns=2&idleTimeout=5m', {
    connectTimeoutMs: 5000,
    answerTimeoutMs: 3000,
  })
  const numbers = 'max_retries=-1&pool_size=10&min_idle_conns=0&max_idle_conns=1&max_active_conns=9&protocol=3'
  const times = 'write_timeout=3&pool_timeout=4s&idle_timeout=5m&idle_check_frequency=1m&max_conn_age=1h'
  const newer =
    'min_retry_backoff=8ms&max_retry_backoff=512ms&conn_max_idle_time=30m&conn_max_lifetime=1h&pool_fifo=true'
  readAs(`redis://?${numbers}&${times}&${newer}&read_timeout=`, {})
})

test('U2: what is not understood is refused with what would be right', () => {
  const cases: [string, RegExp][] = [
    ['memcached://x', /expected redis:\/\/\[user:password@\]host/],
    ['redis://?pool=1', /unknown option "pool"; valid are db, dial_timeout/],
    ['redis://?dial_timout=1s', /did you mean dial_timeout/],
    ['redis://?db=1&db=1', /db is there twice/],
    ['redis://?poolSize=1&pool_size=1', /pool_size is there twice/],
    ['redis://?dial_timeout=soon', /expected dial_timeout as a duration such as .*got "soon"/],
    ['redis://?read_timeout=-1', /got "-1"/],
    ['redis://?read_timeout=1000h', /got "1000h"/],
    ['redis://?cluster=yes', /expected cluster as true or false, got "yes"/],
    ['redis://?pool_size=many', /expected pool_size as a number, got "many"/],
    ['redis://host/x', /expected a database number behind the \/, got "x"/],
    ['redis://host/1?db=2', /two databases, \/1 and db=2/],
    ['redis://host:99999', /expected host:port or \[IPv6\]:port, got "host:99999"/],
    ['redis://a,b', /several hosts; say cluster=true/],
    ['redis://a/1?cluster=true', /has only database 0/],
    ['redis://a?cluster=true&master_name=m', /exclude each other/],
    ['redis://a?sentinel_password=p', /without master_name/],
    ['redis://a?skip_verify=true', /skip_verify without TLS; begin the URI with rediss:/],
    ['rediss://a?cert_file=x', /belong together/],
  ]
  for (const [uri, message] of cases) assert.throws(() => parseRedisUri(uri), { reason: 'bad_value', message }, uri)
})

test('a refusal never holds a part of the password', () => {
  const uris = [
    'redis://:canary?x@host',
    'redis://:can?canary@host',
    'redis://:can/canary@host',
    'redis://:c@n/canary@host',
    'redis://:c#canary@host',
    'redis://:canary:x@host',
    'redis://:canary%ff@host',
    'redis://u:canary@host@host',
    'redis://:canary@host:port',
    'redis://host?master_name=m&sentinel_password=canary%ff',
  ]
  for (const uri of uris) {
    assert.throws(
      () => parseRedisUri(uri),
      (error: Error) => !error.message.includes('canary'),
      uri,
    )
  }
})

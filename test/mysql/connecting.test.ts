import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../support/free-port.js'
import { mysqlPlugin, repositoryPath } from '../support/repository-path.js'
import type { DatabaseServer } from '../support/servers/database-server.js'
import { startMariadb } from '../support/servers/start-mariadb.js'
import { whyNoFaults } from '../support/servers/why-no-server.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { signToken } from '../support/token.js'
import { until } from '../support/until.js'

const password = 'wrong-canary'

/** Connections that cannot be made: what the URI says, and what the log says to do. */
const wrong: Readonly<Record<string, [uri: (place: string, good: string) => string, advice: RegExp]>> = {
  user: [(place) => `mysql://easyrest:${password}@${place}/db`, /refuses the user easyrest: check user and password/],
  database: [
    (_place, good) => good.replace(/\/[^/]+$/, '/none'),
    /(no database none: create it|may not use the database none)/,
  ],
  tls: [(_place, good) => `${good}?ssl-mode=VERIFY_CA`, /certificate .* is not accepted .*ssl-ca/],
  nobody: [() => `mysql://easyrest:${password}@127.0.0.1:${unused}/db`, /nothing listens at 127\.0\.0\.1:\d+/],
  option: [(_place, good) => `${good}?maxOpenCons=5`, /unknown option .*maxOpenCons.* did you mean maxOpenConns/],
  port: [() => `mysql://easyrest:${password}@127.0.0.1:99999/db`, /expected a port from 1 to 65535/],
  escape: [() => `mysql://easyrest:${password}%zz@127.0.0.1/db`, /percent-escapes of UTF-8/],
  replica: [(_place, good) => `${good}?target_session_attrs=read-only`, /expected a server that is read-only/],
}

let unused = 0

describe('A connection to MariaDB that cannot be made', { skip: whyNoFaults('mysql') }, () => {
  let server: DatabaseServer
  let http: TestServer
  before(async () => {
    unused = await freePort()
    server = await startMariadb({ tls: true })
    const { uri } = await server.createDatabase('CREATE TABLE t (n INT PRIMARY KEY)')
    const { host, port } = server.address
    const path = mysqlPlugin()
    const certificate = encodeURIComponent(repositoryPath('test/support/tls/first.crt'))
    const bad = Object.entries(wrong).map(([name, [uriOf]]) => [name, { uri: uriOf(`${host}:${port}`, uri), path }])
    // The first of the hosts is not there, and the server's certificate is accepted without being proved.
    const several = uri.replace(`@${host}:${port}`, `@127.0.0.1:${unused},${host}:${port}`)
    http = await startServer({
      config: {
        plugins: {
          ...Object.fromEntries(bad),
          good: { uri: `${several}?ssl-mode=REQUIRED`, path },
          proved: { uri: `${uri.replace(host, 'localhost')}?ssl-mode=VERIFY_IDENTITY&ssl-ca=${certificate}`, path },
        },
      },
    })
    for (const name of ['good', 'proved'])
      await until(() => http.log().includes(`"${name}: ready`), { what: `the connection ${name}`, timeoutMs: 30_000 })
  })
  after(async () => {
    await http?.stop()
    await server?.stop()
  })

  const get = (connection: string) =>
    http.request(`/api/${connection}/t/`, {
      headers: [['Authorization', `Bearer ${signToken({ scope: 'read write' })}`]],
    })

  for (const [name, [, advice]] of Object.entries(wrong)) {
    it(`${name}: 503, and the log says what to change`, async () => {
      await until(() => advice.test(http.log()), { what: `the log to say ${advice}`, timeoutMs: 20_000 })
      const answer = await get(name)
      assert.equal(answer.status, 503)
      assert.doesNotMatch(answer.text(), /ER_|Access denied|refuses the user|easyrest@/)
    })
  }

  it('shows no password, and others are served (control)', async () => {
    assert.equal((await get('good')).status, 200)
    assert.equal((await get('proved')).status, 200)
    assert.match(http.log(), /mysql:\/\/|"good: ready/)
    assert.doesNotMatch(http.log(), new RegExp(password))
  })
})

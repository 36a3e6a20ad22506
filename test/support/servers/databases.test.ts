import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { until } from '../until.js'
import type { DatabaseServer, ServerOptions, TestDatabase } from './database-server.js'
import { processesIn } from './processes-in.js'
import type { ServerKind } from './server-kinds.js'
import { startMariadb } from './start-mariadb.js'
import { startPostgres } from './start-postgres.js'
import { whyNoFaults, whyNoServer } from './why-no-server.js'

checkServer('postgres', startPostgres)
checkServer('mysql', startMariadb)

function checkServer(kind: ServerKind, start: (options?: ServerOptions) => Promise<DatabaseServer>): void {
  describe(`A server to test with: ${kind}`, { skip: whyNoServer(kind) }, () => {
    const skip = whyNoFaults(kind)
    let server: DatabaseServer
    let database: TestDatabase

    before(async () => {
      server = await start()
      database = await server.createDatabase('CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)')
    })
    after(() => server?.stop())

    const count = async () => Number((await database.sql('SELECT count(*) AS count FROM t'))[0]?.count)

    it('answers with the rows of the last statement', async () => {
      assert.deepEqual(await database.sql('SELECT 5 AS n'), [{ n: 5 }])
      assert.deepEqual(await database.sql('SELECT 5 AS n; SELECT 6 AS n'), [{ n: 6 }])
      assert.deepEqual(await database.sql('SELECT 6 AS n; DELETE FROM t WHERE n < 0'), [])
      await assert.rejects(database.sql('SELECT nothing FROM t'))
    })

    it('gives each database to its user, apart from the others', async () => {
      const other = await server.createDatabase()
      await assert.rejects(other.sql('SELECT * FROM t'))
      await other.sql('CREATE TABLE t (n INTEGER)')
      await other.drop()
      assert.equal(await count(), 1)
    })

    it('keeps what was committed when it is restarted and when it is killed', { skip }, async () => {
      const process = server.process!
      const before = await count()
      await database.sql('INSERT INTO t VALUES (2)')
      await process.restart()
      await database.sql('INSERT INTO t VALUES (3)')
      await process.kill()
      await assert.rejects(count())
      await process.start()
      assert.equal(await count(), before + 2)
    })

    it('hangs and goes on', { skip }, async () => {
      server.process!.pause()
      const answer = count()
      const { host, port } = server.address
      const socket = createConnection(port, host)
      await once(socket, 'connect')
      socket.destroy()
      assert.equal(
        await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 300, 'nothing'))]),
        'nothing',
      )
      server.process!.resume()
      assert.equal(await answer, await count())
    })

    it('ends the connections of its user', async () => {
      const sleep = kind === 'postgres' ? 'SELECT pg_sleep(60)' : 'SELECT SLEEP(60) FROM t'
      const cut = assert.rejects(database.sql(sleep))
      while ((await server.terminateConnections()) === 0);
      await cut
      assert.ok((await count()) > 0)
    })

    it('notes the statements of its user, also those that are none', { skip }, async () => {
      const statements = await server.recordStatements()
      await database.sql("SELECT 'a\nb'")
      await database.sql('SELECT c FROM nowhere').catch(() => {})
      await database.sql("SELECT 'd' x y z").catch(() => {})
      await server.sql('SELECT 77')
      const seen = await statements.read()
      for (const text of ["SELECT 'a\nb'", 'SELECT c FROM nowhere', "SELECT 'd' x y z"])
        assert.ok(seen.includes(text), text)
      assert.ok(!seen.some((text) => text.includes('77')), 'not those of the administrator')
    })

    it('ends with the process that started it, however that ends, and leaves nothing', { skip }, async () => {
      const { child, directory } = await startElsewhere(start.name)
      assert.ok(processesIn(directory).length > 0)
      child.kill('SIGKILL')
      await until(() => processesIn(directory).length === 0, { what: 'the server to end' })
      await until(() => !existsSync(directory), { what: 'its directory to go' })
    })
  })
}

/** Starts a server in a process of its own, and has it hang, so that it hears no gentle signal. */
async function startElsewhere(name: string): Promise<{ child: ChildProcess; directory: string }> {
  const file = `./start-${name.slice('start'.length).toLowerCase()}.js`
  const program = `
    const { ${name} } = await import('${new URL(file, import.meta.url)}')
    const server = await ${name}()
    server.process.pause()
    console.log(server.process.directory)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [directory] = await once(createInterface(child.stdout!), 'line')
  return { child, directory }
}

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { addressIn } from './address-in.js'
import type { DatabaseAddress, DatabaseServer, ServerOptions } from './database-server.js'
import { mariadbEngine } from './mariadb-engine.js'
import { openDatabaseServer } from './open-database-server.js'
import { serverCertificate } from './server-certificate.js'
import { type ServerDirectory, serverDirectory } from './server-directory.js'
import { givenServer, serverProgram } from './server-kinds.js'
import { serverPort } from './server-port.js'
import { ServerProcess } from './server-process.js'

/** A MariaDB for one test file, or the server of EASYREST_TEST_MYSQL_URI. Ask whyNoServer('mysql') first. */
export async function startMariadb(options: ServerOptions = {}): Promise<DatabaseServer> {
  const given = givenServer('mysql')
  if (given === undefined) return startOwn(options)
  const address = addressIn(given, 3306)
  return openDatabaseServer({ engine: mariadbEngine, administrator: address, owner: address })
}

async function startOwn(options: ServerOptions): Promise<DatabaseServer> {
  const directory = await serverDirectory('KILL')
  try {
    const data = await directory.makeDirectory('data')
    await initDatabase(directory, data)
    const socket = directory.file('socket')
    const port = await serverPort()
    // Who reaches the socket, in a directory of the server's user, is the administrator.
    const administrator = { host: '127.0.0.1', port, user: 'root', password: '', socket }
    const owner = { ...administrator, user: 'easyrest', password: randomBytes(12).toString('hex') }
    const server = new ServerProcess({
      name: 'MariaDB',
      directory,
      program: serverProgram('mysql', 'mariadbd'),
      args: argsOf({ datadir: data, socket, port: String(port), ...(await settingsOf(options, directory)) }),
      cwd: data,
      stopSignal: 'SIGTERM',
      ask: () => mariadbEngine.run(administrator, 'mysql', 'SELECT 1'),
    })
    await server.start()
    await createOwner(administrator, owner)
    const own = { process: server, remove: () => directory.remove() }
    return openDatabaseServer({ engine: mariadbEngine, administrator, owner, own })
  } catch (error) {
    await directory.remove()
    throw error
  }
}

async function initDatabase({ user, path }: ServerDirectory, data: string): Promise<void> {
  const program = serverProgram('mysql', 'mariadb-install-db')
  const access = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
  const args = ['--no-defaults', `--datadir=${data}`, ...access, `--innodb-log-file-size=${logSize}`]
  await promisify(execFile)(program, args, { ...user, cwd: path, env: { PATH: process.env.PATH, TMPDIR: path } })
}

// Written out in full by every new server.
const logSize = '8M'

async function settingsOf({ durable, settings, tls }: ServerOptions, directory: ServerDirectory) {
  const certificate = tls ? await serverCertificate(directory) : undefined
  return {
    'bind-address': '127.0.0.1',
    'skip-name-resolve': 'ON',
    'innodb-log-file-size': logSize,
    'innodb-buffer-pool-size': '64M',
    // 2: written at each commit, on the disk once a second.
    'innodb-flush-log-at-trx-commit': durable ? '1' : '2',
    ...(durable ? {} : { 'innodb-doublewrite': 'OFF' }),
    ...(certificate && { 'ssl-cert': certificate.cert, 'ssl-key': certificate.key }),
    ...settings,
  }
}

const argsOf = (settings: Readonly<Record<string, string>>): string[] => [
  '--no-defaults',
  ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
]

const createOwner = (administrator: DatabaseAddress, { user, password }: DatabaseAddress) =>
  mariadbEngine.run(administrator, 'mysql', `CREATE USER ${user} IDENTIFIED BY '${password}'`)

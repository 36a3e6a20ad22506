import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { DatabaseServer, ServerOptions } from './database-server.js'
import { mariadbEngine } from './mariadb-engine.js'
import { serverCertificate } from './server-certificate.js'
import type { ServerDirectory } from './server-directory.js'
import { serverProgram } from './server-kinds.js'
import { type ServerRecipe, startDatabaseServer } from './start-database-server.js'

/** A MariaDB for one test file, or the server of EASYREST_TEST_MYSQL_URI. Ask whyNoServer('mysql') first. */
export function startMariadb(options: ServerOptions = {}): Promise<DatabaseServer> {
  return startDatabaseServer(mariadb, options)
}

const mariadb: ServerRecipe = {
  kind: 'mysql',
  engine: mariadbEngine,
  usualPort: 3306,
  lastSignal: 'KILL',
  stopSignal: 'SIGTERM',
  administrator: 'root',
  program: () => serverProgram('mysql', 'mariadbd'),
  socketIn: (directory) => directory.file('socket'),
  initialise: ({ user, path }, data) => {
    const access = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
    const args = ['--no-defaults', `--datadir=${data}`, ...access, `--innodb-log-file-size=${logSize}`]
    const env = { PATH: process.env.PATH, TMPDIR: path }
    return promisify(execFile)(serverProgram('mysql', 'mariadb-install-db'), args, { ...user, cwd: path, env })
  },
  args: async ({ directory, data, socket, port }, options) => {
    const settings = { datadir: data, socket, port: `${port}`, ...(await settingsOf(options, directory)) }
    return ['--no-defaults', ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)]
  },
  createUser: (user, password) => `CREATE USER ${user} IDENTIFIED BY '${password}'`,
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

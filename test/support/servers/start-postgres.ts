import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { DatabaseServer, ServerOptions } from './database-server.js'
import { logPrefix, postgresEngine } from './postgres-engine.js'
import { serverCertificate } from './server-certificate.js'
import type { ServerDirectory } from './server-directory.js'
import { serverProgram } from './server-kinds.js'
import { type ServerRecipe, startDatabaseServer } from './start-database-server.js'

/** A PostgreSQL for one test file, or that of EASYREST_TEST_POSTGRES_URI. Ask whyNoServer('postgres') first. */
export function startPostgres(options: ServerOptions = {}): Promise<DatabaseServer> {
  return startDatabaseServer(postgres, options)
}

const postgres: ServerRecipe = {
  kind: 'postgres',
  engine: postgresEngine,
  usualPort: 5432,
  lastSignal: 'QUIT',
  stopSignal: 'SIGINT',
  administrator: 'postgres',
  program: () => serverProgram('postgres', 'postgres'),
  socketIn: ({ path }) => path,
  initialise: ({ user }, data) => {
    const initdb = join(dirname(serverProgram('postgres', 'postgres')), 'initdb')
    const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']
    const access = ['--auth-local=trust', '--auth-host=scram-sha-256']
    return promisify(execFile)(initdb, [...args, ...access], { ...user, cwd: data })
  },
  args: async ({ directory, data, socket, port }, options) => {
    const settings = Object.entries(await settingsOf(options, directory))
    return [
      '-D',
      data,
      '-p',
      `${port}`,
      '-k',
      socket,
      ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]
  },
  createUser: (user, password) => `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`,
}

async function settingsOf({ durable, settings, tls }: ServerOptions, directory: ServerDirectory) {
  const certificate = tls ? await serverCertificate(directory) : undefined
  return {
    listen_addresses: '127.0.0.1',
    log_line_prefix: logPrefix,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...(certificate && { ssl: 'on', ssl_cert_file: certificate.cert, ssl_key_file: certificate.key }),
    ...settings,
  }
}

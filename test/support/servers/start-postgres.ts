import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { addressIn } from './address-in.js'
import type { DatabaseAddress, DatabaseServer, ServerOptions } from './database-server.js'
import { openDatabaseServer } from './open-database-server.js'
import { logPrefix, postgresEngine } from './postgres-engine.js'
import { serverCertificate } from './server-certificate.js'
import { type ServerDirectory, serverDirectory } from './server-directory.js'
import { givenServer, serverProgram } from './server-kinds.js'
import { serverPort } from './server-port.js'
import { ServerProcess } from './server-process.js'

/** A PostgreSQL for one test file, or that of EASYREST_TEST_POSTGRES_URI. Ask whyNoServer('postgres') first. */
export async function startPostgres(options: ServerOptions = {}): Promise<DatabaseServer> {
  const given = givenServer('postgres')
  if (given === undefined) return startOwn(options)
  const address = addressIn(given, 5432)
  return openDatabaseServer({ engine: postgresEngine, administrator: address, owner: address })
}

async function startOwn(options: ServerOptions): Promise<DatabaseServer> {
  const directory = await serverDirectory('QUIT')
  try {
    const program = serverProgram('postgres', 'postgres')
    const data = directory.file('data')
    await initDatabase(join(dirname(program), 'initdb'), directory, data)
    const port = await serverPort()
    // Who reaches the socket, in a directory of the server's user, is the administrator.
    const administrator = { host: '127.0.0.1', port, user: 'postgres', password: '', socket: directory.path }
    const owner = { ...administrator, user: 'easyrest', password: randomBytes(12).toString('hex') }
    const server = new ServerProcess({
      name: 'PostgreSQL',
      directory,
      program,
      args: [
        '-D',
        data,
        '-p',
        String(port),
        '-k',
        directory.path,
        ...settingArgs(await settingsOf(options, directory)),
      ],
      cwd: data,
      stopSignal: 'SIGINT',
      ask: () => postgresEngine.run(administrator, 'postgres', 'SELECT 1'),
    })
    await server.start()
    await createOwner(administrator, owner)
    const own = { process: server, remove: () => directory.remove() }
    return openDatabaseServer({ engine: postgresEngine, administrator, owner, own })
  } catch (error) {
    await directory.remove()
    throw error
  }
}

async function initDatabase(initdb: string, { user, path }: ServerDirectory, data: string): Promise<void> {
  const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']
  const access = ['--auth-local=trust', '--auth-host=scram-sha-256']
  await promisify(execFile)(initdb, [...args, ...access], { ...user, cwd: path })
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

const settingArgs = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])

const createOwner = (administrator: DatabaseAddress, { user, password }: DatabaseAddress) =>
  postgresEngine.run(administrator, 'postgres', `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`)

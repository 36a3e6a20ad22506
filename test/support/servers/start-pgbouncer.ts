import { writeFile } from 'node:fs/promises'
import type { DatabaseServer, TestDatabase } from './database-server.js'
import { postgresEngine } from './postgres-engine.js'
import { type ServerDirectory, serverDirectory } from './server-directory.js'
import { serverProgram } from './server-kinds.js'
import { serverPort } from './server-port.js'
import { ServerProcess } from './server-process.js'

/** A PgBouncer in transaction mode in front of a PostgreSQL server. */
export interface Pgbouncer {
  /** The URI of a database of that server, through it. */
  uriOf(database: TestDatabase): string
  readonly process: ServerProcess
  stop(): Promise<void>
}

/** @param settings its own, by its names: { default_pool_size: '1' } */
export async function startPgbouncer(
  server: DatabaseServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<Pgbouncer> {
  const directory = await serverDirectory('KILL')
  try {
    const address = { ...server.address, socket: directory.path, port: await serverPort() }
    const started = new ServerProcess({
      name: 'PgBouncer',
      directory,
      program: serverProgram('pgbouncer', 'pgbouncer'),
      args: [await writeConfiguration(directory, server, address.port, settings)],
      cwd: await directory.makeDirectory('pgbouncer'),
      stopSignal: 'SIGTERM',
      ask: () => postgresEngine.run(address, 'postgres', 'SELECT 1'),
    })
    await started.start()
    const uriOf = ({ uri }: TestDatabase): string => Object.assign(new URL(uri), { port: address.port }).href
    return { uriOf, process: started, stop: () => directory.remove() }
  } catch (error) {
    await directory.remove()
    throw error
  }
}

async function writeConfiguration(
  directory: ServerDirectory,
  { address }: DatabaseServer,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const users = await write(directory, 'users.txt', `"${address.user}" "${address.password}"\n`)
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: directory.path,
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: 'transaction',
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  const databases = `[databases]\n* = host=${address.host} port=${address.port}\n`
  return write(directory, 'pgbouncer.ini', `${databases}[pgbouncer]\n${lines.join('\n')}\n`)
}

async function write(directory: ServerDirectory, name: string, text: string): Promise<string> {
  const path = directory.file(name)
  await writeFile(path, text, { mode: 0o600 })
  await directory.give(path)
  return path
}

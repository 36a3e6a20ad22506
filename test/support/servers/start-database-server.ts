import { randomBytes } from 'node:crypto'
import type { DatabaseEngine } from './database-engine.js'
import type { DatabaseAddress, DatabaseServer, ServerOptions } from './database-server.js'
import { openDatabaseServer } from './open-database-server.js'
import { type ServerDirectory, serverDirectory } from './server-directory.js'
import { givenServer, type ServerKind, serverKinds } from './server-kinds.js'
import { serverPort } from './server-port.js'
import { ServerProcess } from './server-process.js'

/** How one kind of database server is started. */
export interface ServerRecipe {
  readonly kind: ServerKind
  readonly engine: DatabaseEngine
  /** Where a server that is not ours listens unless its URI says so. */
  readonly usualPort: number
  /** What it gets first when the process that started it is gone. */
  readonly lastSignal: 'QUIT' | 'KILL'
  /** At which it ends in order without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals
  readonly administrator: string
  program(): string
  /** What a client names to reach the socket. */
  socketIn(directory: ServerDirectory): string
  /** Makes the data directory. */
  initialise(directory: ServerDirectory, data: string): Promise<unknown>
  args(place: ServerPlace, options: ServerOptions): Promise<readonly string[]>
  createUser(user: string, password: string): string
}

export interface ServerPlace {
  readonly directory: ServerDirectory
  readonly data: string
  readonly socket: string
  readonly port: number
}

/** A server of our own, or that of the environment. */
export async function startDatabaseServer(recipe: ServerRecipe, options: ServerOptions): Promise<DatabaseServer> {
  const given = givenServer(recipe.kind)
  if (given !== undefined) return useGiven(recipe, new URL(given))
  const directory = await serverDirectory(recipe.lastSignal)
  try {
    return await startIn(directory, recipe, options)
  } catch (error) {
    await directory.remove()
    throw error
  }
}

function useGiven({ engine, usualPort }: ServerRecipe, { hostname, port, username, password }: URL): DatabaseServer {
  const user = { user: decodeURIComponent(username), password: decodeURIComponent(password) }
  const address = { host: hostname, port: Number(port || usualPort), ...user }
  return openDatabaseServer({ engine, administrator: address, owner: address })
}

async function startIn(
  directory: ServerDirectory,
  recipe: ServerRecipe,
  options: ServerOptions,
): Promise<DatabaseServer> {
  const { engine } = recipe
  const data = await directory.makeDirectory('data')
  await recipe.initialise(directory, data)
  const place = { directory, data, socket: recipe.socketIn(directory), port: await serverPort() }
  const administrator = administratorOf(recipe, place)
  const owner = { ...administrator, user: 'easyrest', password: randomBytes(12).toString('hex') }
  const server = await processIn(place, recipe, options, administrator)
  await server.start()
  await engine.run(administrator, engine.serverDatabase, recipe.createUser(owner.user, owner.password))
  const own = { process: server, remove: () => directory.remove() }
  return openDatabaseServer({ engine, administrator, owner, own })
}

/** Whoever reaches the socket, which lies in a directory of the server's user. */
const administratorOf = ({ administrator }: ServerRecipe, { port, socket }: ServerPlace): DatabaseAddress => ({
  ...{ host: '127.0.0.1', port, socket },
  ...{ user: administrator, password: '' },
})

async function processIn(
  place: ServerPlace,
  recipe: ServerRecipe,
  options: ServerOptions,
  administrator: DatabaseAddress,
): Promise<ServerProcess> {
  const { engine, kind, stopSignal } = recipe
  return new ServerProcess({
    name: serverKinds[kind].title,
    directory: place.directory,
    program: recipe.program(),
    args: await recipe.args(place, options),
    cwd: place.data,
    stopSignal,
    ask: () => engine.run(administrator, engine.serverDatabase, 'SELECT 1'),
  })
}

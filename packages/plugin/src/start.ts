import { cacheService, dbService, formatHandshake, pluginService } from '@easyrest/protocol'
import { Server } from '@grpc/grpc-js'
import { negotiateVersion } from './check-environment.js'
import { createCredentials } from './credentials.js'
import type { DbService } from './db-service.js'
import { Dispatch, type Operation, operation } from './dispatch.js'
import { GoPluginServices } from './go-plugin-services.js'
import { watchDefects, watchHost } from './lifetime.js'
import { type Address, listen } from './listen.js'
import { log } from './log.js'
import { describePlugin } from './plugin-description.js'
import type { ServeOptions } from './serve-options.js'
import { createServices, type Services } from './services.js'
import type { SessionOperations } from './session.js'
import { SessionDoor } from './session-door.js'
import { StdioRelay } from './stdio-relay.js'
import { stopper } from './stop.js'
import { tableGetStreamHandler } from './stream-door.js'
import { ThreadPool } from './threads/thread-pool.js'
import { rawService, unaryHandlers } from './unary-door.js'

/** Listens, prints the handshake, and serves until the host says stop or goes away. Throws StartFailure. */
export const start = async (options: ServeOptions): Promise<void> => {
  // Small buffers are cut from large ones: thousands of messages a second would else be as many allocations.
  Buffer.poolSize = 256 * 1024
  const server = new Server(serverOptions(options))
  const dispatch = new Dispatch()
  const relay = new StdioRelay()
  const goPlugin = new GoPluginServices(relay, () => stop('the host said so'))
  const services = openServices(options)
  const sessions = addServices(server, dispatch, options, services)
  const stop = stopper({ server, dispatch, goPlugin, sessions, services })

  watchDefects()
  watchHost(stop)
  goPlugin.addTo(server)
  const credentials = createCredentials()
  await printHandshake(await listen(server, credentials.server), credentials.certificate)
  relay.capture()
  log.debug('listening', { plugin: options.name, version: options.version })
}

const openServices = (options: ServeOptions): Services => {
  const services = createServices(options)
  return options.threads ? new ThreadPool(options.threads, options.schemes, services, threadDied) : services
}

// What its calls had done is not known, and the host starts a new process at once.
const threadDied = (error: Error): void => {
  log.error(`a worker thread failed: ${error.message}`, { error: error.stack })
  process.exit(1)
}

// Bursts of thousands of streams wedge an HTTP/2 connection over a unix socket for good; waiting calls do not.
const serverOptions = ({ limits }: ServeOptions) => ({
  'grpc.max_concurrent_streams': 200,
  'grpc.max_receive_message_length': limits?.maxMessageBytes || maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
})

const maxMessageBytes = 64 * 1024 * 1024

const addServices = (server: Server, dispatch: Dispatch, options: ServeOptions, services: Services): SessionDoor => {
  const info = describePlugin(options)
  const getInfo = operation(pluginService.GetInfo, async () => info)
  const { db, cache } = services
  if (db) addDbService(server, dispatch, db)
  if (cache) server.addService(rawService(cacheService), unaryHandlers(cache, dispatch))
  const door = new SessionDoor(sessionOperations(services), dispatch)
  server.addService(rawService(pluginService), {
    ...unaryHandlers({ GetInfo: getInfo }, dispatch),
    Session: door.handler,
  })
  return door
}

const addDbService = (server: Server, dispatch: Dispatch, { operations, tableGetStream }: DbService): void => {
  server.addService(rawService(dbService), {
    ...unaryHandlers(operations, dispatch),
    ...(tableGetStream && { TableGetStream: tableGetStreamHandler(tableGetStream, dispatch) }),
  })
}

// InitConnection is never inside a session.
const sessionOperations = ({ db, cache }: Services): SessionOperations => {
  const { InitConnection: _outside, ...inside } = db?.operations ?? {}
  return { ...inside, ...Object.fromEntries(Object.entries(cache ?? {}).flatMap(cacheMethod)) }
}

// A frame has one space of names, so the methods of the cache carry their service's name in it.
const cacheMethod = ([name, operation]: [string, Operation]): [string, Operation][] =>
  name === 'InitConnection' ? [] : [[`Cache${name}`, operation]]

const printHandshake = (address: Address, certificate: string): Promise<void> => {
  const line = formatHandshake({ applicationVersion: negotiateVersion(), ...address, certificate })
  // A host that offers multiplexing reads the seventh field; any other would take it for a part of the sixth.
  const multiplexing = process.env.PLUGIN_MULTIPLEX_GRPC ? '|false' : ''
  return new Promise((resolve) => {
    process.stdout.write(`${line}${multiplexing}\n`, () => resolve())
  })
}

import { cacheService, dbService, formatHandshake, type PluginLimits, pluginService } from '@easyrest/protocol'
import { Server } from '@grpc/grpc-js'
import type { CachePlugin } from './cache-plugin.js'
import { createCacheOperations } from './cache-service.js'
import { checkEnvironment, negotiateVersion } from './check-environment.js'
import { createCredentials } from './credentials.js'
import type { DBPlugin } from './db-plugin.js'
import { createDbService } from './db-service.js'
import { Dispatch, type Operation, operation } from './dispatch.js'
import { GoPluginServices } from './go-plugin-services.js'
import { watchDefects, watchHost } from './lifetime.js'
import { type Address, listen } from './listen.js'
import { log } from './log.js'
import { describePlugin } from './plugin-description.js'
import type { SessionOperations } from './session.js'
import { SessionDoor } from './session-door.js'
import { StartFailure } from './start-failure.js'
import { StdioRelay } from './stdio-relay.js'
import { stopper } from './stop.js'
import { tableGetStreamHandler } from './stream-door.js'
import { rawService, unaryHandlers } from './unary-door.js'

/** A plugin program: who it is, and at least one of the two roles. */
export interface ServeOptions {
  /** For logs and status pages. */
  readonly name: string
  readonly version: string
  /** Schemes of the connection URIs it accepts, without `://`. */
  readonly schemes: readonly string[]
  readonly db?: DBPlugin
  readonly cache?: CachePlugin
  /** Announced to the host, which keeps to them; absent or 0: no limit of its own, and 64 MiB for a message. */
  readonly limits?: Partial<PluginLimits>
}

/**
 * Makes this process a plugin: listens, prints the handshake, and answers the host until it says stop or goes away.
 * Resolves when the host can connect. After that standard output belongs to the host; console.log still works, and
 * what it prints appears in the host's log. A process that no host started is told so and ends with status 1.
 * Throws TypeError when `options` describe no plugin.
 */
export const serve = async (options: ServeOptions): Promise<void> => {
  checkOptions(options)
  try {
    checkEnvironment()
    await start(options)
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

const start = async (options: ServeOptions): Promise<void> => {
  const server = new Server(serverOptions(options))
  const dispatch = new Dispatch()
  const relay = new StdioRelay()
  const goPlugin = new GoPluginServices(relay, () => stop('the host said so'))
  const sessions = addServices(server, dispatch, options)
  const stop = stopper({ server, dispatch, goPlugin, sessions, options })

  watchDefects()
  watchHost(stop)
  goPlugin.addTo(server)
  const credentials = createCredentials()
  await printHandshake(await listen(server, credentials.server), credentials.certificate)
  relay.capture()
  log.debug('listening', { plugin: options.name, version: options.version })
}

const checkOptions = ({ name, schemes, db, cache }: ServeOptions): void => {
  if (!db && !cache)
    throw new TypeError(`serve: expected "db" or "cache", got neither; plugin ${name} would do nothing`)
  if (schemes.length === 0) throw new TypeError('serve: expected at least one scheme, e.g. schemes: ["mydb"]')
}

// Bursts of thousands of streams wedge an HTTP/2 connection over a unix socket for good; waiting calls do not.
const serverOptions = ({ limits }: ServeOptions) => ({
  'grpc.max_concurrent_streams': 200,
  'grpc.max_receive_message_length': limits?.maxMessageBytes || maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
})

const maxMessageBytes = 64 * 1024 * 1024

const addServices = (server: Server, dispatch: Dispatch, options: ServeOptions): SessionDoor => {
  const info = describePlugin(options)
  const getInfo = operation(pluginService.GetInfo, async () => info)
  const session: SessionOperations = {}
  if (options.db) Object.assign(session, addDbService(server, dispatch, options.db, options.schemes))
  if (options.cache) Object.assign(session, addCacheService(server, dispatch, options.cache, options.schemes))
  const door = new SessionDoor(session, dispatch)
  server.addService(rawService(pluginService), {
    ...unaryHandlers({ GetInfo: getInfo }, dispatch),
    Session: door.handler,
  })
  return door
}

const addDbService = (
  server: Server,
  dispatch: Dispatch,
  db: DBPlugin,
  schemes: readonly string[],
): SessionOperations => {
  const { operations, tableGetStream } = createDbService(db, schemes)
  server.addService(rawService(dbService), {
    ...unaryHandlers(operations, dispatch),
    ...(tableGetStream && { TableGetStream: tableGetStreamHandler(tableGetStream, dispatch) }),
  })
  // InitConnection is never inside a session.
  const { InitConnection: _outside, ...inside } = operations
  return inside
}

const addCacheService = (
  server: Server,
  dispatch: Dispatch,
  cache: CachePlugin,
  schemes: readonly string[],
): SessionOperations => {
  const operations = createCacheOperations(cache, schemes)
  server.addService(rawService(cacheService), unaryHandlers(operations, dispatch))
  return Object.fromEntries(Object.entries(operations).flatMap(([name, operation]) => cacheMethod(name, operation)))
}

// A frame has one space of names, so the methods of the cache carry their service's name in it.
const cacheMethod = (name: string, operation: Operation): [string, Operation][] =>
  name === 'InitConnection' ? [] : [[`Cache${name}`, operation]]

const printHandshake = (address: Address, certificate: string): Promise<void> => {
  const line = formatHandshake({ applicationVersion: negotiateVersion(), ...address, certificate })
  // A host that offers multiplexing reads the seventh field; any other would take it for a part of the sixth.
  const multiplexing = process.env.PLUGIN_MULTIPLEX_GRPC ? '|false' : ''
  return new Promise((resolve) => {
    process.stdout.write(`${line}${multiplexing}\n`, () => resolve())
  })
}

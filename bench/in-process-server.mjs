// The same server and the same plugin code without the hop: the handler of the server calls SqliteDB in this process.
// Arguments: the root of the build that is measured, a configuration file.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { answerParent } from './answer-parent.mjs'

const [root, config] = process.argv.slice(2)
const load = (...path) => import(pathToFileURL(join(root, ...path)).href)
const { loadConfig } = await load('packages', 'server', 'dist', 'config', 'load-config.js')
const { openSnapshot } = await load('packages', 'server', 'dist', 'snapshot', 'open-snapshot.js')
const { keepOrOpen } = await load('packages', 'server', 'dist', 'snapshot', 'connect.js')
const { openConnection } = await load('packages', 'host', 'dist', 'index.js')
const { createDataHandler } = await load('packages', 'server', 'dist', 'http', 'data-handler.js')
const { listen } = await load('packages', 'server', 'dist', 'http', 'listener.js')
const { SqliteDB } = await load('plugins', 'sqlite', 'dist', 'index.js')

const loaded = await loadConfig({ flags: { config }, env: {} })
const snapshot = await openWithoutPlugin(loaded.config)
const handler = createDataHandler(
  () => snapshot,
  () => {},
)
const listener = await listen(loaded.config, (request, response) =>
  handler(request, response, () => response.writeHead(404).end()),
)

answerParent(async () => Number(new URL(listener.address).port))

/** A snapshot as the server makes it, with the process of each connection exchanged for the plugin's own code. */
async function openWithoutPlugin(configuration) {
  const host = { besideDirs: [], hostVersion: '0.0.0', log: () => {} }
  const connect = keepOrOpen(configuration, new Map(), (settings) => openConnection(settings, host))
  const { snapshot: opened } = openSnapshot(configuration, connect)
  const connections = new Map()
  for (const [key, served] of opened.connections) {
    await served.connection.close(0)
    connections.set(key, { ...served, connection: await inProcessConnection(served.connection.settings) })
  }
  return { ...opened, connections }
}

async function inProcessConnection(settings) {
  const plugin = new SqliteDB()
  await plugin.initConnection({ uri: settings.uri, connectionName: settings.name }, callOf())
  const capabilities = [...plugin.capabilities, ...(plugin.tableGetStream ? ['stream'] : [])]
  const status = { state: 'ready', pid: process.pid, restarts: 0, inFlight: 0, retryAfterMs: 0 }
  return {
    name: settings.name,
    settings,
    status,
    db: dbClient(plugin),
    can: (capability) => capabilities.includes(capability),
    info: { name: 'sqlite', version: '', roles: ['db'], schemes: ['sqlite'], capabilities, limits: undefined, sdk: '' },
    ready: async () => {},
    waitReady: async () => {},
    close: async () => plugin.close(),
  }
}

/** Each call goes to the plugin's method of the same name. */
function dbClient(plugin) {
  const unary = ['tableGet', 'tableCreate', 'tableUpdate', 'tableDelete', 'getSchema']
  const methods = unary.map((name) => [name, async (request, options) => plugin[name](request, callOf(options))])
  const tableGetStream = (request, options) => plugin.tableGetStream(request, callOf(options))
  return { ...Object.fromEntries(methods), tableGetStream }
}

// The signal is read through, so that it is made only where it is looked at, as in a plugin process.
function callOf(options) {
  return {
    remainingMs: 30_000,
    get signal() {
      return options?.signal ?? new AbortController().signal
    },
  }
}

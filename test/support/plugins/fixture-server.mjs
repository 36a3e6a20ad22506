// The gRPC side of the fixture plugins: a database whose table names say what a call does, and a cache in a Map.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  cacheService,
  controllerService,
  dbService,
  errorMessageWire,
  errorReasons,
  errorTrailer,
  healthService,
  lifelineVariable,
  PluginError,
  pluginService,
  stdioService,
  toErrorMessage,
} from '@easyrest/protocol'
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'

/**
 * Resolves with the address when the server listens. `replace` has handlers to use instead, by call name; with a
 * `certificate` it speaks TLS with the host that offered its own. `lifeline: false`: only a signal ends it.
 */
export const listen = async ({
  tcp = false,
  path = join(process.env.PLUGIN_UNIX_SOCKET_DIR, 'plugin.sock'),
  certificate,
  lifeline = true,
  replace = {},
  omit = [],
  capabilities = ['stream', 'query', 'functions'],
} = {}) => {
  // The last resort of every fixture: when the host is gone, so is the plugin.
  if (lifeline && process.env[lifelineVariable] === '1') process.stdin.on('end', () => process.exit(0)).resume()
  const server = new Server({ 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 })
  const add = (service, handlers) => {
    const used = Object.entries(handlers).filter(([name]) => !omit.includes(name))
    if (used.length === 0) return
    const definition = Object.fromEntries(used.map(([name]) => [name, service[name]]))
    server.addService(definition, Object.fromEntries(used.map(([name, handler]) => [name, replace[name] ?? handler])))
  }
  add(healthService, { Check: answer(() => ({ status: 'SERVING' })) })
  add(controllerService, {
    Shutdown: (_call, reply) => {
      reply(null, {})
      setTimeout(() => process.exit(0), 20)
    },
  })
  add(stdioService, { StreamStdio: () => {} })
  add(pluginService, { GetInfo: answer(() => info(capabilities)) })
  add(dbService, databaseHandlers)
  add(cacheService, cacheHandlers())
  const address = tcp ? '127.0.0.1:0' : `unix:${path}`
  const port = await promisify(server.bindAsync.bind(server))(address, credentialsOf(certificate))
  return tcp ? `127.0.0.1:${port}` : path
}

const credentialsOf = (certificate) => {
  if (certificate === undefined) return ServerCredentials.createInsecure()
  const pair = { private_key: certificate.keyPem, cert_chain: certificate.certificatePem }
  return ServerCredentials.createSsl(Buffer.from(process.env.PLUGIN_CLIENT_CERT), [pair], true)
}

/** A unary handler from a function that returns the response or throws PluginError. */
export const answer = (work) => async (call, reply) => {
  try {
    reply(null, await work(call.request, call))
  } catch (error) {
    reply(error instanceof PluginError ? withTrailer(error) : error)
  }
}

const info = (capabilities) => ({
  name: 'fixture',
  version: '1.0.0',
  roles: ['db', 'cache'],
  schemes: ['fixture'],
  capabilities,
  limits: { maxInFlight: Number(process.env.MAX_IN_FLIGHT ?? 0), maxMessageBytes: 0 },
  sdk: '',
})

const initConnection = ({ uri }) => {
  const awaited = /[?&]waitFor=([^&]+)/.exec(uri)?.[1]
  if (awaited !== undefined && !existsSync(awaited)) {
    throw new PluginError('unavailable', 'the database is down', { details: { log: `ECONNREFUSED for ${uri}` } })
  }
  return { server: 'Fixture 1' }
}

const tables = {
  pid: () => rows([{ pid: process.pid }]),
  env: () => rows([process.env]),
  crash: () => process.kill(process.pid, 'SIGKILL'),
  hang: () => new Promise(() => {}),
  freeze: () => {
    for (;;);
  },
  bare: () => Promise.reject({ code: status.NOT_FOUND, details: 'driver text with a secret' }),
  late: () => Promise.reject({ code: status.DEADLINE_EXCEEDED, details: 'driver text with a secret' }),
  odd: () => Promise.reject({ code: status.DATA_LOSS, details: 'driver text with a secret' }),
  down: () => Promise.reject({ code: status.UNAVAILABLE, details: 'the database went away' }),
  unique: () => {
    throw new PluginError('unique', 'users.email is taken', { details: { column: 'email' } })
  },
}

// How many calls of tables named busy run, and how many did at most.
const busy = { now: 0, most: 0 }

const beBusy = async (milliseconds) => {
  busy.now++
  busy.most = Math.max(busy.most, busy.now)
  await delay(milliseconds)
  busy.now--
}

const tableGet = answer(async ({ table }) => {
  const [name, argument] = table.split('_')
  if (name === 'busy') await beBusy(Number(argument))
  if (name === 'most') return rows([{ most: busy.most }])
  if (name === 'sleep') await delay(Number(argument))
  if (name === 'big') return { ...rows([]), rows: Buffer.alloc(Number(argument), 32) }
  // Dies once: the process started after it finds the mark of the first.
  if (name === 'crashonce' && (await markFirst(argument))) process.kill(process.pid, 'SIGKILL')
  if (name === 'crashonce') return tables.pid()
  return tables[name]?.() ?? rows([])
})

const tableWrite = answer(async ({ table }) => {
  const [name, argument] = table.split('_')
  if (name === 'crash') process.kill(process.pid, 'SIGKILL')
  if (name === 'sleep') await delay(Number(argument))
  return { affected: 1, rows: Buffer.alloc(0), rowCount: 0, inserted: 1, keys: Buffer.alloc(0) }
})

const databaseHandlers = {
  InitConnection: answer(initConnection),
  TableGet: tableGet,
  TableCreate: tableWrite,
  TableUpdate: tableWrite,
  TableDelete: tableWrite,
  Query: answer(() => ({ rows: Buffer.from('[]'), rowCount: 0 })),
  CallFunction: answer(() => ({ result: Buffer.from('1'), isSet: false, rowCount: 0 })),
  TableGetStream: async (call) => {
    const [name, count] = call.request.table.split('_')
    if (name === 'busy') await beBusy(Number(count))
    for (let index = 0; index < Number(count) && !call.cancelled; index++) {
      if (name === 'trickle') await delay(100)
      if (name === 'crash' && index === 2) process.kill(process.pid, 'SIGKILL')
      const chunk = { rows: Buffer.from(`{"n":${index}}`), rowCount: 1, total: undefined }
      if (!call.write(chunk)) await new Promise((resolve) => call.once('drain', resolve).once('cancelled', resolve))
    }
    call.end()
  },
}

const cacheHandlers = () => {
  // undefined until InitConnection, so that a host that forgets it is noticed.
  let values
  return {
    InitConnection: answer((request) => {
      values ??= new Map()
      return initConnection(request)
    }),
    Get: answer(({ key }) => ({ value: values.get(key) })),
    Set: answer(({ key, value }) => {
      values.set(key, value)
      return {}
    }),
  }
}

const rows = (list) => ({
  rows: Buffer.from(JSON.stringify(list)),
  rowCount: list.length,
  total: undefined,
  lastKey: Buffer.alloc(0),
})

const markFirst = async (name) => {
  const { open } = await import('node:fs/promises')
  return open(join(process.env.MARKS, name), 'wx').then(
    (file) => file.close().then(() => true),
    () => false,
  )
}

const withTrailer = (error) => {
  const metadata = new Metadata()
  metadata.set(errorTrailer, errorMessageWire.encode(toErrorMessage(error)))
  return { code: errorReasons[error.reason] ?? status.UNKNOWN, details: error.message, metadata }
}

// The gRPC side of the session fixture: the contract spoken directly, frame by frame, so that it can be broken.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  controllerService,
  dbService,
  frameLength,
  healthService,
  lifelineVariable,
  pluginService,
  sessionReplyWire,
  sessionRequestWire,
} from '@easyrest/protocol'
import { Server, ServerCredentials } from '@grpc/grpc-js'

/** Serves the session with `openSession(stream)`, or unary calls only without it. Resolves with the socket's path. */
export const listen = async (openSession) => {
  // The last resort of every fixture: when the host is gone, so is the plugin.
  if (process.env[lifelineVariable] === '1') process.stdin.on('end', () => process.exit(0)).resume()
  const server = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': 200,
  })
  const capabilities = openSession === undefined ? [] : ['session']
  server.addService(subset(healthService, ['Check']), { Check: answer(() => ({ status: 'SERVING' })) })
  server.addService(controllerService, { Shutdown: answer(() => setTimeout(() => process.exit(0), 20) && {}) })
  server.addService(raw(pluginService), {
    GetInfo: answer(() => pluginService.GetInfo.responseSerialize(info(capabilities))),
    ...(openSession !== undefined && { Session: openSession }),
  })
  server.addService(raw(subset(dbService, ['InitConnection', 'TableGet', 'TableCreate'])), {
    InitConnection: answer(() => dbService.InitConnection.responseSerialize({ server: 'Fixture 1' })),
    TableGet: answer((message) => serve('TableGet', message)),
    TableCreate: answer((message) => serve('TableCreate', message)),
  })
  const path = join(process.env.PLUGIN_UNIX_SOCKET_DIR, 'plugin.sock')
  await promisify(server.bindAsync.bind(server))(`unix:${path}`, ServerCredentials.createInsecure())
  return path
}

/** The response message of a call, from its request message: the table says what to do. */
export const serve = async (method, message) => {
  const request = dbService[method].requestDeserialize(message)
  const [name, argument] = request.table.split('_')
  if (name === 'sleep') await delay(Number(argument))
  if (name === 'hang') await new Promise(() => {})
  if (method === 'TableGet')
    return dbService.TableGet.responseSerialize({ ...noRows, rows: read(name, argument, request) })
  // What a write did stays, whoever is told of it.
  appendFileSync(join(process.env.MARKS, 'writes'), `${request.table}\n`)
  return dbService.TableCreate.responseSerialize({
    ...noRows,
    rows: request.rows,
    affected: 1,
    inserted: 1,
    keys: none,
  })
}

export const tableOf = ({ method, message }) => dbService[method].requestDeserialize(message).table

export const framesOf = (replies) => {
  const frames = []
  for (let from = 0; from < replies.length; ) {
    const count = frameLength(replies, from)
    frames.push(frameOf(replies.slice(from, from + count)))
    from += count
  }
  return frames
}

export const frameOf = (replies) => sessionReplyWire.encode({ replies })

export const replyOf = (id, message) => ({ id, message, error: undefined })

export const cancelledReply = (id) => ({
  id,
  message: none,
  error: { reason: 'cancelled', message: 'given up', details: none, retryAfterMs: 0 },
})

export const decodeRequest = (frame) => sessionRequestWire.decode(frame)

const read = (name, argument, { context }) => {
  if (name === 'pid') return Buffer.from(JSON.stringify([{ pid: process.pid }]))
  // The bytes that came, repeated or cut to the length that was asked for.
  if (name === 'echo') return Buffer.alloc(Number(argument), context.ctx)
  return Buffer.from('[]')
}

const none = Buffer.alloc(0)

const noRows = { rows: none, rowCount: 0, total: undefined, lastKey: none }

const info = (capabilities) => ({
  name: 'session fixture',
  version: '1.0.0',
  roles: ['db'],
  schemes: ['fixture'],
  capabilities,
  limits: undefined,
  sdk: '',
})

const answer = (work) => async (call, reply) => reply(null, await work(call.request))

const subset = (service, names) => Object.fromEntries(names.map((name) => [name, service[name]]))

const raw = (service) =>
  Object.fromEntries(
    Object.entries(service).map(([name, rpc]) => [name, { ...rpc, requestDeserialize: same, responseSerialize: same }]),
  )

const same = (bytes) => bytes

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { pluginEnvironment } from '@easyrest/host'
import { type PluginUnderTest, startPlugin } from '@easyrest/plugin/testing'
import {
  cacheService,
  capabilities,
  dbService,
  errorReasons,
  PluginError,
  parseHandshake,
  pluginService,
  type Rpc,
} from '@easyrest/protocol'
import { status as grpcStatus } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { repositoryPath } from '../support/repository-path.js'

const text = readFileSync(repositoryPath('docs', 'protocol.md'), 'utf8')
const section = (title: string) => text.split(/^#+ /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
const block = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(text)?.[1] ?? ''

test('the handshakes in docs/protocol.md are handshakes', () => {
  const lines = block('handshake').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => parseHandshake(line).network),
    ['unix', 'tcp'],
  )
})

test('docs/protocol.md names every variable that the host sets', () => {
  const settings = { name: 'c', env: {}, envPass: [] }
  const always = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'PLUGIN_CLIENT_CERT']
  for (const name of [...always, ...Object.keys(pluginEnvironment(settings, '/directory', {}))]) {
    assert.ok(section('Environment').includes(`\`${name}\``), name)
  }
})

test('docs/protocol.md names every method, capability and reason of the contract, and no other', () => {
  for (const service of [pluginService, dbService, cacheService]) {
    for (const method of Object.keys(service)) assert.ok(section('Services').includes(`\`${method}\``), method)
  }
  assert.deepEqual(firstCells('Capabilities').sort(), [...capabilities].sort())
  assert.deepEqual(firstCells('Errors').sort(), Object.keys(errorReasons).sort())
})

test('the statuses of docs/protocol.md are those that are sent and answered', () => {
  const answered = readFileSync(repositoryPath('docs', 'errors.md'), 'utf8')
  for (const [reason, code] of Object.entries(errorReasons)) {
    const [, status, http] = new RegExp(`^\\| \`${reason}\` \\| (\\w+) \\| (\\d+) \\|`, 'm').exec(section('Errors'))!
    assert.equal(grpcStatus[status as keyof typeof grpcStatus], code, reason)
    assert.match(answered, new RegExp(`^\\| \`${reason}\` \\| ${http} \\|`, 'm'))
  }
})

test('the frames of docs/protocol.md are what it says', () => {
  const [request, reply] = block('frames')
    .trim()
    .split('\n')
    .map((line) => Buffer.from(line.slice(2).replaceAll(' ', ''), 'hex'))
  const { calls } = decode('SessionRequest', request!) as { calls: { id: string; method: string; message: Buffer }[] }
  assert.deepEqual([calls[0]!.id, calls[0]!.method], ['1', 'METHOD_TABLE_GET'])
  assert.deepEqual(decode('TableGetRequest', calls[0]!.message), { table: 't' })
  const { replies } = decode('SessionReply', reply!) as { replies: { id: string; message: Buffer }[] }
  assert.deepEqual(decode('TableGetResponse', replies[0]!.message), { rows: Buffer.from('[]') })
})

test('the transcript of docs/protocol.md is what the smallest plugin answers', async (t) => {
  const plugin = await startPlugin(repositoryPath('plugins/examples/memory/bin/easyrest-plugin-memory.js'))
  t.after(() => plugin.child.kill())
  const exchanges = [...block('transcript').matchAll(/^-> (\w+)\.(\w+) (.*)\n<- (?:(\w+) )?(.*)$/gm)]
  assert.equal(exchanges.length, block('transcript').trim().split('\n').length / 2)
  for (const [, service, method, request, status = 'OK', answer] of exchanges) {
    const received = await exchange(plugin, rpcOf(service!, method!), asBytes(JSON.parse(request!)))
    assert.deepEqual(received, [status, JSON.parse(answer!)], `${service}.${method} ${request}`)
  }
  assert.equal(await plugin.exit(), 0)
})

/** The names in the first column of a section's table. */
const firstCells = (title: string): string[] =>
  [...section(title).matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!)

const contract = new protobuf.Root()
contract.resolvePath = (_origin, target) => repositoryPath('proto', target)
contract.loadSync(
  readdirSync(repositoryPath('proto/easyrest/plugin/v1')).map((name) => `easyrest/plugin/v1/${name}`),
  { keepCase: true },
)
const goPlugin = (name: string, body: string) =>
  protobuf.parse(`syntax = "proto3"; package ${name}; ${body}`, contract, { keepCase: true })
goPlugin('plugin', 'message Empty {} service GRPCController { rpc Shutdown(Empty) returns (Empty); }')
goPlugin(
  'grpc.health.v1',
  `message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse { enum Status { UNKNOWN = 0; SERVING = 1; } Status status = 1; }
  service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }`,
)

const decode = (name: string, bytes: Buffer): object => asObject(contract.lookupType(name), bytes)

const asObject = (type: protobuf.Type, bytes: Buffer): object =>
  type.toObject(type.decode(bytes), { longs: String, enums: String })

/** By the description of the method, with messages as the transcript writes them. */
const rpcOf = (serviceName: string, methodName: string): Rpc<object, object> => {
  const service = contract.lookupService(serviceName)
  const method = service.methods[methodName]!.resolve() as protobuf.Method
  const [request, response] = [method.resolvedRequestType!, method.resolvedResponseType!]
  return {
    path: `/${service.fullName.slice(1)}/${methodName}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value) => Buffer.from(request.encode(request.fromObject(value)).finish()),
    requestDeserialize: () => ({}),
    responseSerialize: () => Buffer.alloc(0),
    responseDeserialize: (bytes) => asObject(response, bytes),
  }
}

const exchange = async (plugin: PluginUnderTest, rpc: Rpc<object, object>, request: object) => {
  try {
    return ['OK', asText(await plugin.call(rpc, request))]
  } catch (error) {
    assert.ok(error instanceof PluginError, String(error))
    const { reason, message, details } = error
    const [status] = Object.entries(grpcStatus).find(([, code]) => code === errorReasons[reason as never])!
    const isDetailed = Object.keys(details).length > 0
    return [status, { reason, message, ...(isDetailed && { details: JSON.stringify(details) }) }]
  }
}

/** Fields of type bytes, which the transcript shows as their text. */
const asBytes = (request: Record<string, unknown>): object =>
  typeof request.rows === 'string' ? { ...request, rows: Buffer.from(request.rows) } : request

const asText = (answer: object): object =>
  Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, Buffer.isBuffer(value) ? `${value}` : value]))

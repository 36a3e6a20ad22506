#!/usr/bin/env node
// A plugin that speaks gRPC by hand, so that it can break the protocol below the messages: the name of the table says how.
import { createServer, constants as http2 } from 'node:http2'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { controllerService, dbService, healthService, pluginService, stdioService } from '@easyrest/protocol'

process.stdin.on('end', () => process.exit(0)).resume()

/** One message on the wire: a byte of flags, four of length, the content. */
const framed = (content, { flags = 0, length = content.length } = {}) => {
  const head = Buffer.alloc(5)
  head.writeUInt8(flags)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, content])
}

const rowsMessage = (rows, more = {}) =>
  dbService.TableGet.responseSerialize({
    rows: Buffer.from(rows),
    rowCount: 1,
    total: undefined,
    lastKey: nothing,
    ...more,
  })

const nothing = Buffer.alloc(0)
const plain = rowsMessage('[{"ok":true}]')

const head = (stream, more = {}) =>
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...more }, { waitForTrailers: true })

/** A whole answer: messages as they are, then the status. */
const send = (stream, bytes, { headers = {}, trailers = { 'grpc-status': '0' } } = {}) => {
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  head(stream, headers)
  stream.end(bytes)
}

const fail = (stream, code, message, more = {}) =>
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': code, 'grpc-message': message, ...more },
    { endStream: true },
  )

/** Writes zeros until there were enough, or nobody takes them. */
const pour = (stream, bytes) => {
  const block = Buffer.alloc(1024 * 1024)
  let left = bytes
  const write = () => {
    while (left > 0 && !stream.destroyed) {
      left -= block.length
      if (!stream.write(block)) return stream.once('drain', write)
    }
    if (!stream.destroyed) stream.end()
  }
  write()
}

const megabyteOfZeros = gzipSync(Buffer.alloc(1024 * 1024))

const secretText = 'syntax error in SELECT password FROM users, dsn db://u:hunter2@h'

const answers = {
  // Whole messages that say odd things.
  no_rows: (stream) => send(stream, framed(rowsMessage('', { rowCount: 0 }))),
  no_json: (stream) => send(stream, framed(rowsMessage('<html>NaN'))),
  no_objects: (stream) => send(stream, framed(rowsMessage('[1,null,[2]]', { rowCount: 3 }))),
  a_million_columns: (stream) =>
    send(stream, framed(rowsMessage(`[{${Array.from({ length: 1e6 }, (_, n) => `"c${n}":1`).join()}}]`))),
  a_million_rows: (stream) =>
    send(stream, framed(rowsMessage(`[${'{"a":1},'.repeat(1e6).slice(0, -1)}]`, { rowCount: 1e6 }))),
  deep: (stream) => send(stream, framed(rowsMessage(`[${'['.repeat(1e5)}${']'.repeat(1e5)}]`))),
  absurd_counts: (stream) =>
    send(stream, framed(Buffer.concat([plain, Buffer.from('10ffffffffffffffffff0118ffffffffffffffffff01', 'hex')]))),
  plain: (stream) => send(stream, framed(plain)),
  declares_2_gb: (stream) => {
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    head(stream)
    stream.write(framed(nothing, { length: 2 ** 31 - 1 }))
    pour(stream, 1.5e9)
  },
  sends_65_mb: (stream) => {
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    head(stream)
    stream.write(framed(nothing, { length: 65 * 1024 * 1024 }))
    pour(stream, 65 * 1024 * 1024)
  },
  gzip_bomb: (stream) =>
    send(stream, framed(Buffer.concat(Array(300).fill(megabyteOfZeros)), { flags: 1 }), {
      headers: { 'grpc-encoding': 'gzip' },
    }),
  gzip_rubbish: (stream) =>
    send(stream, framed(Buffer.from('no gzip at all'), { flags: 1 }), { headers: { 'grpc-encoding': 'gzip' } }),
  unknown_encoding: (stream) => send(stream, framed(plain, { flags: 1 }), { headers: { 'grpc-encoding': 'zoo' } }),
  bad_protobuf: (stream) => send(stream, framed(Buffer.from('\xff\xff\xff no protobuf', 'latin1'))),
  cut_message: (stream) => send(stream, framed(plain, { length: plain.length + 100 })),
  two_messages: (stream) => send(stream, Buffer.concat([framed(plain), framed(plain)])),
  no_message: (stream) => send(stream, nothing),
  no_trailers: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    stream.end(framed(plain))
  },
  unknown_flag: (stream) => send(stream, framed(plain, { flags: 7 })),
  reset: (stream) => stream.close(http2.NGHTTP2_INTERNAL_ERROR),
  http_500: (stream) => stream.respond({ ':status': 500, 'content-type': 'text/html' }, { endStream: true }),
  not_grpc: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' })
    stream.end('<h1>welcome</h1>')
  },
  odd_status: (stream) => fail(stream, '99', 'what is this'),
  status_word: (stream) => fail(stream, 'fine', ''),
  leaky_status: (stream) => fail(stream, '2', secretText),
  large_trailers: (stream) =>
    send(stream, framed(plain), { trailers: { 'grpc-status': '0', 'x-more': 'x'.repeat(200_000) } }),
  // The trailer of the contract's errors, with other bytes in it.
  rubbish_error: (stream) =>
    fail(stream, '5', '', { 'easyrest-error-bin': Buffer.from('\xff\xff no', 'latin1').toString('base64') }),
  breaks_connection: (stream) => stream.session.destroy(),
  never: () => {},
}

const routes = new Map([
  [healthService.Check.path, () => healthService.Check.responseSerialize({ status: 'SERVING' })],
  [
    pluginService.GetInfo.path,
    () =>
      pluginService.GetInfo.responseSerialize({
        name: 'wire',
        version: '1.0.0',
        roles: ['db'],
        schemes: ['wire'],
        capabilities: [],
        limits: undefined,
        sdk: '',
      }),
  ],
  [dbService.InitConnection.path, () => dbService.InitConnection.responseSerialize({ server: 'Wire 1' })],
])

const answerTable = (stream, body) => {
  const { table } = dbService.TableGet.requestDeserialize(body.subarray(5))
  const answer = answers[table] ?? answers.plain
  answer(stream)
}

const server = createServer({ settings: { maxConcurrentStreams: 200 } })
server.on('stream', (stream, headers) => {
  const path = headers[':path']
  const chunks = []
  stream.on('error', () => {})
  stream.on('data', (chunk) => chunks.push(chunk))
  stream.on('end', () => {
    if (path === dbService.TableGet.path) return answerTable(stream, Buffer.concat(chunks))
    if (path === controllerService.Shutdown.path) process.exit(0)
    if (path === stdioService.StreamStdio.path) return
    const route = routes.get(path)
    if (route === undefined) fail(stream, '12', 'unknown')
    else send(stream, framed(route()))
  })
})
server.on('sessionError', () => {})
const socket = join(process.env.PLUGIN_UNIX_SOCKET_DIR, 'plugin.sock')
server.listen(socket, () => console.log(`1|2|unix|${socket}|grpc|`))

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatHandshake, HandshakeError, parseHandshake, quoteOutput } from './handshake.js'

test('a handshake reads back as it was written', () => {
  const handshake = {
    applicationVersion: 2,
    network: 'unix',
    address: '/run/er-1/plugin.sock',
    certificate: '',
  } as const
  assert.equal(formatHandshake(handshake), '1|2|unix|/run/er-1/plugin.sock|grpc|')
  assert.deepEqual(parseHandshake(`${formatHandshake(handshake)}\n`), handshake)
})

test('the optional fields of go-plugin are accepted', () => {
  assert.equal(parseHandshake('1|2|tcp|127.0.0.1:1234|grpc').address, '127.0.0.1:1234')
  assert.equal(parseHandshake('1|2|unix|/s|grpc|MIIC|false').certificate, 'MIIC')
  assert.equal(parseHandshake('1|2|unix|/s|grpc||').certificate, '')
  assert.equal(parseHandshake('\ufeff1|2|unix|/s|grpc|\r\n').address, '/s', 'a byte order mark and CRLF')
})

test('each wrong handshake says what was expected and what came', () => {
  const message = (line: string): string => {
    try {
      parseHandshake(line)
    } catch (error) {
      assert.ok(error instanceof HandshakeError)
      return error.message
    }
    throw new Error(`accepted ${line}`)
  }
  assert.match(message('hello'), /expected a handshake like "1\|2\|unix.*got "hello"/)
  assert.match(message('2|2|unix|/s|grpc|'), /core protocol version 1, got "2"/)
  assert.match(
    message('1|1|unix|/s|netrpc|'),
    /speaks net\/rpc, as plugins of the original EasyREST do; build it again/,
  )
  assert.match(message('1|1|unix|/s'), /net\/rpc/)
  assert.match(message('1|3|unix|/s|grpc|'), /incompatible API version with plugin\. Plugin version: "3"/)
  assert.match(message('1|2|pipe|/s|grpc|'), /network unix or tcp, got "pipe"/)
  assert.match(message('1|2|unix|/s|grpc||true'), /multiplexes.*PLUGIN_MULTIPLEX_GRPC/)
  assert.match(message('1|2|unix|/s|http|'), /wire protocol grpc, got "http"/)
})

test('output of a program is shown escaped and short', () => {
  assert.equal(quoteOutput('a\u0000\u001b[31m\u00ff'), '"a\\u0000\\u001b[31m\\u00ff"')
  assert.ok(quoteOutput('x'.repeat(10_000)).length <= 200)
})

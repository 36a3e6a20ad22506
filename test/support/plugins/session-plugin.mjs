#!/usr/bin/env node
// Speaks Plugin.Session, or breaks one of its rules. SESSION says how; a fault strikes when table "fault" is read, and
// only in the first process of a MARKS directory: the one that replaces it behaves well.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { cancelledReply, decodeRequest, frameOf, framesOf, listen, replyOf, serve, tableOf } from './session-server.mjs'

const mode = process.env.SESSION
const mark = join(process.env.MARKS, 'struck')
const behavesWell = existsSync(mark)

/** One stream, as the contract wants it. */
const wellBehaved = (stream, send = (replies) => sendFrames(stream, framesOf(replies))) => {
  const open = new Set()
  const replies = []
  const finish = (reply) => {
    if (!open.delete(reply.id)) return
    if (replies.push(reply) === 1) setImmediate(() => send(replies.splice(0)))
  }
  stream.on('data', (frame) => {
    const { calls, cancel } = decodeRequest(frame)
    for (const call of calls) {
      open.add(call.id)
      if (tableOf(call) === 'fault' && !behavesWell && faults[mode] !== undefined) strike(stream, call)
      else void serve(call.method, call.message).then((message) => finish(replyOf(call.id, message)))
    }
    for (const id of cancel) finish(cancelledReply(id))
  })
  stream.on('cancelled', () => open.clear())
}

const sendFrames = (stream, frames) => {
  for (const frame of frames) stream.write(frame)
}

const strike = async (stream, call) => {
  writeFileSync(mark, '')
  await faults[mode](stream, call)
}

const struck = []

const faults = {
  twice: async (stream, { id, method, message }) => {
    const reply = replyOf(id, await serve(method, message))
    stream.write(frameOf([reply]))
    stream.write(frameOf([reply]))
  },
  'twice-in-a-frame': async (stream, { id, method, message }) => {
    const reply = replyOf(id, await serve(method, message))
    stream.write(frameOf([reply, reply]))
  },
  'unknown-id': (stream, { id }) => stream.write(frameOf([replyOf(id + 1_000_000, Buffer.alloc(0))])),
  '65-replies': async (stream, { id, method, message }) => {
    struck.push(replyOf(id, await serve(method, message)))
    if (struck.length === 65) stream.write(frameOf(struck))
  },
  '300-kib': async (stream, { id }) => {
    struck.push(replyOf(id, Buffer.alloc(150 * 1024)))
    if (struck.length === 2) stream.write(frameOf(struck))
  },
  'millions-of-replies': (stream) => stream.write(Buffer.alloc(60 * 1024 * 1024, Buffer.from([0x0a, 0x00]))),
  garbage: (stream) => stream.write(Buffer.from('this is no protobuf message')),
  'too-large': (stream) => stream.write(Buffer.alloc(70 * 1024 * 1024)),
  ends: (stream) => stream.end(),
  fails: (stream) => stream.emit('error', { code: status.INTERNAL, details: 'out of order' }),
  exits: () => process.exit(7),
  // Answers a call that is still in the host's queue, then reads on.
  guesses: async (stream, { id }) => {
    stream.pause()
    await new Promise((resolve) => setTimeout(resolve, 200))
    stream.write(frameOf([replyOf(id + 250, Buffer.alloc(0))]))
    stream.resume()
  },
}

const streams = {
  reorders: (stream) =>
    wellBehaved(stream, (replies) => {
      // Two lots at once and backwards, after a moment.
      setTimeout(() => sendFrames(stream, framesOf(replies.reverse())), Math.random() * 20)
    }),
  // Takes the calls and says nothing, not even after a cancel.
  silent: (stream) => stream.on('data', () => {}),
  // Never reads.
  deaf: (stream) => stream.pause(),
}

const openSession = (stream) => (behavesWell ? wellBehaved : (streams[mode] ?? wellBehaved))(stream)

const path = await listen(mode === 'none' ? undefined : openSession)
console.log(`1|2|unix|${path}|grpc|`)

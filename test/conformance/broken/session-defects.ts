import {
  type CallReply,
  type SessionReply,
  type SessionRequest,
  sessionReplyWire,
  sessionRequestWire,
} from '@easyrest/protocol'
import { type ServerDuplexStream, status } from '@grpc/grpc-js'
import type { ProgramDefect } from './program-defect.js'

export const sessionDefects: Readonly<Record<string, ProgramDefect>> = {
  'session.answers': onSession({ replies: (frame, write) => [frame, frame].forEach(write) }),
  'session.full-frame': onSession({ calls: (frame) => ({ ...frame, calls: frame.calls.slice(0, 32) }) }),
  'session.large-call': onSession({
    calls: (frame) => ({ ...frame, calls: frame.calls.filter(({ message }) => message.length < 500_000) }),
  }),
  'session.errors': onSession({ replies: withReasons('internal') }),
  'session.unknown-method': onSession({
    calls: (frame, stream) => {
      if (!frame.calls.some(({ method }) => method === 'unspecified')) return frame
      stream.emit('error', { code: status.INVALID_ARGUMENT, details: 'unknown method' })
      return { calls: [], cancel: [] }
    },
  }),
  'session.unserved': onSession({ replies: withReasons('bad_value') }),
  'session.cancel': onSession({
    calls: (frame, stream) => {
      for (const id of frame.cancel) stream.write(sessionReplyWire.encode({ replies: [cancelled(id)] }))
      return frame
    },
  }),
  'session.cancel-slow': onSession({ calls: ({ calls }) => ({ calls, cancel: [] }) }),
  'session.timeout': onSession({
    calls: ({ calls, cancel }) => ({ calls: calls.map((call) => ({ ...call, timeoutMs: 0 })), cancel }),
  }),
  'session.two': onSession({
    opened: (stream) => {
      lastStream?.end()
      lastStream = stream
    },
  }),
  'session.frames': onSession({ replies: inOneFrame }),
}

type Stream = ServerDuplexStream<Buffer, Buffer>

interface Tampering {
  readonly opened?: (stream: Stream) => void
  readonly calls?: (frame: SessionRequest, stream: Stream) => SessionRequest
  readonly replies?: (frame: SessionReply, write: (frame: SessionReply) => void) => void
}

let lastStream: Stream | undefined

/** Stands between the stream and the SDK. Threads, so that a slow query does not keep it from its work. */
function onSession({ opened, calls, replies }: Tampering): ProgramDefect {
  const tamper = (stream: Stream): void => {
    opened?.(stream)
    if (calls !== undefined) changeCalls(stream, (frame) => calls(frame, stream))
    if (replies !== undefined) changeReplies(stream, replies)
  }
  return {
    threaded: true,
    handlers: {
      Session: (original) => (stream) => {
        tamper(stream)
        original(stream)
      },
    },
  }
}

function changeCalls(stream: Stream, change: (frame: SessionRequest) => SessionRequest): void {
  const on = stream.on.bind(stream)
  stream.on = ((event: string, listener: (frame: Buffer) => void) => {
    const heard = (frame: Buffer) =>
      listener(sessionRequestWire.encode(change(sessionRequestWire.decode(frame))) as Buffer)
    return on(event, event === 'data' ? heard : listener)
  }) as typeof stream.on
}

function changeReplies(stream: Stream, change: NonNullable<Tampering['replies']>): void {
  const write = stream.write.bind(stream)
  stream.write = ((frame: Buffer) => {
    change(sessionReplyWire.decode(frame), (changed) => void write(sessionReplyWire.encode(changed)))
    return true
  }) as typeof stream.write
}

function withReasons(reason: string): NonNullable<Tampering['replies']> {
  const changed = (reply: CallReply) => ({ ...reply, error: reply.error && { ...reply.error, reason } })
  return ({ replies }, write) => write({ replies: replies.map(changed) })
}

function cancelled(id: number): CallReply {
  const error = { reason: 'cancelled', message: 'given up', details: Buffer.alloc(0), retryAfterMs: 0 }
  return { id, message: Buffer.alloc(0), error }
}

const gathered: CallReply[] = []

// What came within a moment.
function inOneFrame({ replies }: SessionReply, write: (frame: SessionReply) => void): void {
  if (gathered.push(...replies) > replies.length) return
  setTimeout(() => write({ replies: gathered.splice(0) }), 200)
}

import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js'
import type { Dispatch } from './dispatch.js'
import { log } from './log.js'
import { Session, type SessionOperations } from './session.js'

/** Plugin.Session as a gRPC handler for a raw service. */
export class SessionDoor {
  private readonly streams = new Set<Stream>()

  constructor(
    private readonly operations: SessionOperations,
    private readonly dispatch: Dispatch,
  ) {}

  readonly handler: handleBidiStreamingCall<Buffer, Buffer> = (stream) => {
    const session = new Session(this.operations, this.dispatch, (frame) => stream.write(frame))
    this.streams.add(stream)
    stream.on('data', (frame: Buffer) => receive(session, frame, stream))
    stream.on('drain', () => session.resume())
    stream.on('cancelled', () => this.leave(stream, session))
    stream.on('end', () => {
      this.leave(stream, session)
      stream.end()
    })
  }

  /** A session lives as long as its host: a server that waits for it never stops. Call it when the last reply has left. */
  stop(): void {
    for (const stream of this.streams) stream.end()
  }

  private leave(stream: Stream, session: Session): void {
    this.streams.delete(stream)
    session.end()
  }
}

type Stream = ServerDuplexStream<Buffer, Buffer>

const receive = (session: Session, frame: Buffer, stream: Stream): void => {
  try {
    session.receive(frame)
  } catch (error) {
    log.error('the host broke a rule of the session', { error: String(error) })
    stream.emit('error', { code: status.INVALID_ARGUMENT, details: String(error) })
  }
}

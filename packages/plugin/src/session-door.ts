import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js'
import type { Dispatch } from './dispatch.js'
import { log } from './log.js'
import { Session, type SessionOperations } from './session.js'

/** Plugin.Session as a gRPC handler for a raw service. */
export class SessionDoor {
  private readonly sessions = new Map<Stream, Session>()

  constructor(
    private readonly operations: SessionOperations,
    private readonly dispatch: Dispatch,
  ) {}

  readonly handler: handleBidiStreamingCall<Buffer, Buffer> = (stream) => {
    const session = new Session(this.operations, this.dispatch, (frame) => stream.write(frame))
    this.sessions.set(stream, session)
    stream.on('data', (frame: Buffer) => this.receive(session, frame, stream))
    stream.on('drain', () => session.resume())
    stream.on('cancelled', () => this.leave(stream, session))
    // A host that has said all it wants to say still waits for its answers.
    stream.on('end', () => this.finish(stream, session))
  }

  /** A session lives as long as its host: a server that waits for it never stops. Call it when no call is running. */
  stop(): void {
    for (const [stream, session] of this.sessions) this.finish(stream, session)
  }

  private receive(session: Session, frame: Buffer, stream: Stream): void {
    try {
      session.receive(frame)
    } catch (error) {
      log.error('the host broke a rule of the session', { error: String(error) })
      this.leave(stream, session)
      stream.emit('error', { code: status.INVALID_ARGUMENT, details: String(error) })
    }
  }

  private finish(stream: Stream, session: Session): void {
    session.finish(() => {
      this.leave(stream, session)
      stream.end()
    })
  }

  private leave(stream: Stream, session: Session): void {
    this.sessions.delete(stream)
    session.end()
  }
}

type Stream = ServerDuplexStream<Buffer, Buffer>

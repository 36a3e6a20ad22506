import {
  type CallReply,
  fromErrorMessage,
  isOversized,
  maxFrameBytes,
  maxFrameCalls,
  type PluginError,
  pluginService,
  type SessionCall,
  sessionReplyWire,
  sessionRequestWire,
} from '@easyrest/protocol'
import type { Client, ClientDuplexStream, ServiceError } from '@grpc/grpc-js'
import { show } from './expect.js'
import { Violation } from './violation.js'

/** One stream of Plugin.Session, whose rules are checked with every frame that comes. */
export class SessionClient {
  /** Replies and bytes of each frame that came. */
  readonly frames: { readonly count: number; readonly bytes: number }[] = []
  private readonly stream: ClientDuplexStream<Buffer, Buffer>
  private readonly open = new Set<number>()
  private readonly replies = new Map<number, CallReply>()
  private lastId = 0
  private problem: Violation | undefined
  private wake = () => {}

  constructor(client: Client) {
    this.stream = client.makeBidiStreamRequest<Buffer, Buffer>(pluginService.Session.path, same, same)
    this.stream.on('data', (frame: Buffer) => this.receive(frame))
    this.stream.on('error', (error: ServiceError) => this.fail('a stream that stays open', `its end: ${error.message}`))
    this.stream.on('end', () => this.fail('a stream that stays open', 'its end'))
  }

  /** Sends calls as one frame. Answers their ids. */
  send(calls: readonly Omit<SessionCall, 'id'>[], cancel: readonly number[] = []): number[] {
    const numbered = calls.map((call) => ({ ...call, id: ++this.lastId }))
    for (const { id } of numbered) this.open.add(id)
    this.stream.write(sessionRequestWire.encode({ calls: numbered, cancel }))
    return numbered.map(({ id }) => id)
  }

  /** A frame as it is, which holds one call with the next id. Answers the id. */
  sendRaw(encode: (id: number) => Buffer): number {
    const id = ++this.lastId
    this.open.add(id)
    this.stream.write(encode(id))
    return id
  }

  get nextId(): number {
    return this.lastId + 1
  }

  /** The reply of each id, in their order. Throws Violation when a rule was broken, or one does not come in time. */
  async answers(ids: readonly number[], timeoutMs = 8000): Promise<CallReply[]> {
    const end = Date.now() + timeoutMs
    while (ids.some((id) => !this.replies.has(id))) {
      this.check()
      const missing = ids.filter((id) => !this.replies.has(id))
      if (Date.now() > end)
        throw new Violation(`a reply to each call within ${timeoutMs} ms`, `none to ${show(missing)}`)
      await this.somethingNew(end)
    }
    this.check()
    return ids.map((id) => this.replies.get(id)!)
  }

  /** The bytes of the response message of each id. Throws Violation when one of them failed. */
  async messages(ids: readonly number[], timeoutMs?: number): Promise<Buffer[]> {
    return (await this.answers(ids, timeoutMs)).map(({ id, message, error }) => {
      if (error !== undefined) throw new Violation(`an answer to call ${id}`, show(fromErrorMessage(error)))
      return message as Buffer
    })
  }

  /** The error of one call. Throws Violation when it was answered otherwise. */
  async refusal(id: number, timeoutMs?: number): Promise<PluginError> {
    const [reply] = await this.answers([id], timeoutMs)
    if (reply!.error === undefined) throw new Violation(`an error in the reply to call ${id}`, 'an answer')
    if (reply!.message.length > 0) throw new Violation('no message beside an error', `${reply!.message.length} bytes`)
    return fromErrorMessage(reply!.error)
  }

  /** Throws Violation when a rule has been broken so far. */
  check(): void {
    if (this.problem !== undefined) throw this.problem
  }

  close(): void {
    this.problem ??= new Violation('a session in use', 'one that was closed')
    this.stream.cancel()
  }

  private receive(frame: Buffer): void {
    try {
      const oversized = isOversized(frame)
      const { replies } = sessionReplyWire.decode(frame)
      this.frames.push({ count: replies.length, bytes: frame.length })
      if (oversized) this.fail(frameRule, `${replies.length} replies in ${frame.length} bytes`)
      for (const reply of replies) this.take(reply)
    } catch (error) {
      this.fail('frames that are SessionReply messages', (error as Error).message)
    }
    this.wake()
  }

  private take(reply: CallReply): void {
    const { id } = reply
    if (this.replies.has(id)) return this.fail('one reply to each call', `a second one to call ${id}`)
    if (!this.open.delete(id)) return this.fail('replies to calls that were sent', `one to call ${id}`)
    this.replies.set(id, reply)
  }

  private fail(expected: string, received: string): void {
    this.problem ??= new Violation(expected, received)
    this.wake()
  }

  private somethingNew(until: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, until - Date.now() + 1))
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

const frameRule = `frames of at most ${maxFrameCalls} replies or ${maxFrameBytes} bytes, or one reply`

const same = (bytes: Buffer): Buffer => bytes

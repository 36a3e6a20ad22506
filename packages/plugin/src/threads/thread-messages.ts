import type { ErrorMessage } from '@easyrest/protocol'
import type { RingSlice, SharedRing } from './shared-ring.js'

/** What the main thread says to a worker thread. Frames are those of Plugin.Session. */
export type ToThread =
  | { readonly kind: 'init'; readonly role: ThreadRole; readonly message: Uint8Array }
  | { readonly kind: 'calls'; readonly frame: PassedFrame }
  | { readonly kind: 'stream'; readonly message: Uint8Array }
  | { readonly kind: 'credit' }
  | { readonly kind: 'close' }

/** What a worker thread answers. */
export type FromThread =
  | { readonly kind: 'init'; readonly message: Uint8Array; readonly error: ErrorMessage | undefined }
  | { readonly kind: 'replies'; readonly frame: PassedFrame }
  | { readonly kind: 'chunk'; readonly message: Uint8Array }
  | { readonly kind: 'end'; readonly error: ErrorMessage | undefined }
  | { readonly kind: 'closed' }

export type ThreadRole = 'db' | 'cache'

export interface ThreadData {
  readonly module: string
  readonly schemes: readonly string[]
  /** Of a SharedState. */
  readonly state: Int32Array<SharedArrayBuffer>
  readonly callMemory: SharedArrayBuffer
  readonly replyMemory: SharedArrayBuffer
}

/** In the ring, or transferred when there is no room in it. */
export type PassedFrame = RingSlice | Uint8Array<ArrayBuffer>

export const passFrame = (ring: SharedRing, frame: Uint8Array): PassedFrame => ring.write(frame) ?? transferable(frame)

export const takeFrame = (ring: SharedRing, frame: PassedFrame): Buffer =>
  frame instanceof Uint8Array ? Buffer.from(frame.buffer) : ring.take(frame)

export const transferList = (frame: PassedFrame): ArrayBuffer[] => (frame instanceof Uint8Array ? [frame.buffer] : [])

/** Memory that both threads see, because a blocked thread reads no messages. */
export class SharedState {
  /** [id of the running call, id of the last that began, id of the stream to give up, then those of calls to give up]. */
  constructor(
    private readonly words: Int32Array<SharedArrayBuffer> = new Int32Array(
      new SharedArrayBuffer((3 + slots) * Int32Array.BYTES_PER_ELEMENT),
    ),
  ) {}

  get memory(): Int32Array<SharedArrayBuffer> {
    return this.words
  }

  /** A call runs from now on. */
  begin(id: number): void {
    Atomics.store(this.words, 1, id)
    Atomics.store(this.words, 0, id)
  }

  /** No call runs; the answers to those that have are on their way. */
  rest(): void {
    Atomics.store(this.words, 0, 0)
  }

  /** 0: none. */
  get running(): number {
    return Atomics.load(this.words, 0)
  }

  /** Whether a call has not begun, or is answered but held back behind the one that runs: another thread may be sooner. */
  isWaiting(id: number): boolean {
    const running = this.running
    // Ids outgrow 32 bits, so their distance is counted.
    const hasBegun = ((id - Atomics.load(this.words, 1)) | 0) <= 0
    return !hasBegun || (running !== 0 && running !== (id | 0))
  }

  giveUp(id: number): void {
    Atomics.store(this.words, slotOf(id), id)
  }

  isGivenUp(id: number): boolean {
    return Atomics.load(this.words, slotOf(id)) === (id | 0)
  }

  /** Ids come again for streams, which all have the same. */
  forget(id: number): void {
    Atomics.store(this.words, slotOf(id), 0)
  }
}

/** The id that stands for a stream in the shared state; calls begin at 1. */
export const streamId = -1

// More than there can be calls in a thread: two that share a slot would let one of them run on, no more.
const slots = 1024

const slotOf = (id: number): number => (id === streamId ? 2 : 3 + ((id >>> 0) % slots))

/** Bytes in memory of their own: a view on a pool would drag the whole pool along. */
export const transferable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes)

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
  /** Shared, because a blocked thread reads no messages: [id of the running call, id of the call to give up]. */
  readonly state: Int32Array
  readonly callMemory: SharedArrayBuffer
  readonly replyMemory: SharedArrayBuffer
}

/** In the ring, or transferred when there is no room in it. */
export type PassedFrame = RingSlice | Uint8Array<ArrayBuffer>

export const passFrame = (ring: SharedRing, frame: Uint8Array): PassedFrame => ring.write(frame) ?? transferable(frame)

export const takeFrame = (ring: SharedRing, frame: PassedFrame): Buffer =>
  frame instanceof Uint8Array ? Buffer.from(frame.buffer) : ring.take(frame)

export const transferList = (frame: PassedFrame): ArrayBuffer[] => (frame instanceof Uint8Array ? [frame.buffer] : [])

export const runningCall = 0
export const cancelledCall = 1

/** The id that stands for a stream in the shared state; calls begin at 1. */
export const streamId = -1

/** Bytes in memory of their own: a view on a pool would drag the whole pool along. */
export const transferable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/**
 * A ring of bytes in shared memory, written by one thread and read by another. Passing a small message this way costs a
 * copy; transferring it would cost an allocation outside the heap, and with thousands a second most of the time goes
 * into collecting those.
 */
export class SharedRing {
  private readonly bytes: Buffer
  /** Bytes the reader has given back since the beginning, as a number of 32 bits that wraps around. */
  private readonly returned: Int32Array
  private position = 0
  private written = 0

  constructor(memory: SharedArrayBuffer) {
    this.returned = new Int32Array(memory, 0, 1)
    this.bytes = Buffer.from(memory, headerBytes)
  }

  /** Where the frame stands, or undefined when there is no room for it. */
  write(frame: Uint8Array): RingSlice | undefined {
    const capacity = this.bytes.length
    const atEnd = this.position + frame.length > capacity
    const padding = atEnd ? capacity - this.position : 0
    const used = (this.written - Atomics.load(this.returned, 0)) | 0
    if (used + padding + frame.length > capacity) return undefined
    const start = atEnd ? 0 : this.position
    this.bytes.set(frame, start)
    this.position = start + frame.length
    this.written = (this.written + padding + frame.length) | 0
    return { start, length: frame.length, padding }
  }

  /** A copy of the frame; its place may be written again. */
  take({ start, length, padding }: RingSlice): Buffer {
    const frame = Buffer.allocUnsafe(length)
    this.bytes.copy(frame, 0, start, start + length)
    Atomics.add(this.returned, 0, padding + length)
    return frame
  }
}

export interface RingSlice {
  readonly start: number
  readonly length: number
  /** Bytes left unused at the end of the ring in front of this frame. */
  readonly padding: number
}

export const newRingMemory = (): SharedArrayBuffer => new SharedArrayBuffer(headerBytes + ringBytes)

const headerBytes = 8

/** Several frames of the largest size a session allows. */
const ringBytes = 1024 * 1024

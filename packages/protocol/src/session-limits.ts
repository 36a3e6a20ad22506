import type { ErrorMessage } from './plugin-error.js'
import { Reader } from './wire/reader.js'

/** What one stream message of Plugin.Session may hold (plugin.proto); a single larger call or reply stands alone. */
export const maxFrameCalls = 64
export const maxFrameBytes = 256 * 1024

/**
 * Cuts the head off a queue of calls or replies so that it fits one frame: at least one, at most 64 or 256 KiB.
 * Returns how many.
 */
export const frameLength = (entries: readonly FrameEntry[], from: number): number => {
  let bytes = 0
  let count = 0
  while (from + count < entries.length && count < maxFrameCalls) {
    bytes += mostBytes(entries[from + count]!)
    if (count > 0 && bytes > maxFrameBytes) break
    count++
  }
  return count
}

/**
 * Whether a frame that came breaks the limits. Asked before it is decoded: 64 MiB have room for 32 million empty
 * replies, and decoding those would take the memory of the whole process. Throws WireError when it is no message.
 */
export const isOversized = (frame: Buffer): boolean => {
  const allowed = frame.length > maxFrameBytes ? 1 : maxFrameCalls
  const reader = new Reader(frame)
  let count = 0
  while (reader.position < reader.end) {
    const tag = reader.varint()
    reader.skip(tag & 7)
    if (tag === entryTag && ++count > allowed) return true
  }
  return count === 0 && frame.length > maxFrameBytes
}

interface FrameEntry {
  readonly message: Uint8Array
  readonly error?: ErrorMessage | undefined
}

const mostBytes = ({ message, error }: FrameEntry): number =>
  message.length + entryOverhead + (error === undefined ? 0 : mostErrorBytes(error))

// A UTF-16 unit takes at most three bytes.
const mostErrorBytes = ({ reason, message, details }: ErrorMessage): number =>
  (reason.length + message.length) * 3 + details.length + entryOverhead

// Tags, lengths, id, method and timeout of one call.
const entryOverhead = 32

// SessionRequest.calls and SessionReply.replies: field 1, length-delimited.
const entryTag = (1 << 3) | 2

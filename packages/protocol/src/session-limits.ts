/** What one stream message of Plugin.Session may hold (plugin.proto); a single larger call or reply stands alone. */
export const maxFrameCalls = 64
export const maxFrameBytes = 256 * 1024

/**
 * Cuts the head off a queue of messages so that it fits one frame: at least one message, at most 64 or 256 KiB.
 * Returns how many.
 */
export const frameLength = (messages: readonly { readonly message: Uint8Array }[], from: number): number => {
  let bytes = 0
  let count = 0
  while (from + count < messages.length && count < maxFrameCalls) {
    bytes += messages[from + count]!.message.length + frameOverhead
    if (count > 0 && bytes > maxFrameBytes) break
    count++
  }
  return count
}

/** Whether a frame that came breaks the limits. */
export const isOversized = (count: number, bytes: number): boolean =>
  count > maxFrameCalls || (count > 1 && bytes > maxFrameBytes)

// Tags, lengths, id, method and timeout of one call.
const frameOverhead = 32

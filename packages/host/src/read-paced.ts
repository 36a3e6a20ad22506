import type { Readable } from 'node:stream'

/**
 * Reads a pipe for ever, but not faster than a plugin may need: one that floods would otherwise take a whole processor
 * of the host. It is slowed down and never blocked.
 */
export const readPaced = (pipe: Readable, write: (chunk: Buffer) => void): void => {
  let windowEnd = 0
  let budget = 0
  pipe.on('data', (chunk: Buffer) => {
    write(chunk)
    const now = performance.now()
    if (now >= windowEnd) {
      windowEnd = now + windowMs
      budget = bytesPerWindow
    }
    budget -= chunk.length
    if (budget > 0) return
    pipe.pause()
    setTimeout(() => pipe.resume(), windowEnd - now)
  })
}

// 20 MB a second.
const windowMs = 100
const bytesPerWindow = 2_000_000

import type { ServerResponse } from 'node:http'

/**
 * Writes pieces as fast as the client takes them: the next is asked for when the last has left. Resolves behind the last
 * one, or when the client has gone; then nobody is asked for more. Rejects when a piece fails, or when the client has
 * taken nothing for `stallMs`; the body is then unfinished, and the caller has to break the connection.
 */
export const writeBody = async (
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array>,
  stallMs = clientStallMs,
): Promise<void> => {
  try {
    for await (const piece of pieces) {
      if (!response.destroyed && !response.write(piece)) await taken(response, 'drain', stallMs)
      // Leaving the loop ends the call of the plugin.
      if (response.destroyed) return
    }
  } catch (error) {
    // A call that was cancelled because the client has gone is no failure.
    if (response.destroyed) return
    throw error
  }
  response.end()
  await taken(response, 'finish', stallMs)
}

/** Resolves when the client has taken what was written, or has gone. */
const taken = (response: ServerResponse, event: 'drain' | 'finish', stallMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    if (response.destroyed || (event === 'finish' && response.writableFinished)) return resolve()
    const settle = (): void => {
      response.off(event, settle).off('close', settle).off('timeout', stalled)
      response.setTimeout(0)
      resolve()
    }
    const stalled = (): void => {
      reject(new Error(`expected the client to read on, but it has taken nothing for ${stallMs} ms`))
      settle()
    }
    // In front of node:http's own listener, which sets the time that the idle connection may live.
    response.prependListener(event, settle)
    response.on('close', settle).on('timeout', stalled)
    // Node looks whether the kernel has taken a part of what waits, and begins anew when it has.
    response.setTimeout(stallMs)
  })

// A slot and a cursor are held for the client, so it may not sleep on them. The kernel asks for more whenever about a third
// of its send buffer has left: half a minute is enough for a reader of 50 KB/s even where that buffer has grown to 4 MB.
const clientStallMs = 30_000

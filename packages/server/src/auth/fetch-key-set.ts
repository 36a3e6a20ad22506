import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'

export interface FetchOptions {
  /** Certificates to trust instead of the system's and those of NODE_EXTRA_CA_CERTS. */
  readonly ca?: string | undefined
  /** For everything together, from the name look-up to the last byte. */
  readonly timeoutMs?: number
}

const maxBytes = 65_536

/**
 * The text behind an https URL. No redirects: the operator has named who is trusted, and nobody else decides it anew.
 * Rejects with what was expected and what came.
 */
export async function fetchKeySet(url: string, { ca, timeoutMs = 5000 }: FetchOptions = {}): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await textOf(await open(url, ca, signal))
  } catch (error) {
    if (signal.aborted) throw new Error(`expected an answer within ${timeoutMs} ms`, { cause: error })
    throw error
  }
}

function open(url: string, ca: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { Accept: 'application/jwk-set+json, application/json', 'Accept-Encoding': 'identity' }
  return new Promise((resolve, reject) => {
    get(url, { ca, signal, headers, agent: false }, resolve).on('error', reject)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  if (response.statusCode !== 200) {
    response.destroy()
    throw new Error(`expected status 200, received ${response.statusCode}`)
  }
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    // Leaving the loop destroys the response.
    if (length > maxBytes) throw new Error(`expected at most ${maxBytes} bytes, received more`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

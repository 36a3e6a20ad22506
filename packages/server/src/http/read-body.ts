import type { IncomingMessage } from 'node:http'
import { ApiError } from '../errors.js'

/** The whole body of a request. Throws ApiError body_too_large, body_already_read, unsupported_media_type. */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  refuseEncoding(request.headers['content-encoding'])
  return readBytes(request, maxBytes)
}

/** The body as it was sent, whatever its Content-Encoding says. Throws ApiError body_too_large, body_already_read. */
export const readBytes = (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  if (request.readableDidRead) throw bodyAlreadyRead()
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBytes) chunks.push(chunk)
      else reject(tooLarge(maxBytes))
    })
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    // A client that goes away, or sends too slowly, in the middle of its body has written nothing.
    const endedEarly = (cause?: Error): void =>
      reject(new ApiError('bad_body', { detail: 'The body ended early', cause }))
    // It closes after its end too, and an error that nobody gets costs ten microseconds.
    request.on('close', () => {
      if (!request.readableEnded) endedEarly()
    })
    request.on('error', endedEarly)
  })
}

const bodyAlreadyRead = (): ApiError =>
  new ApiError('body_already_read', {
    detail: 'A middleware in front of EasyREST has read the body',
    hint: 'Mount EasyREST before any body parser: app.use(easyrest) above app.use(express.json())',
  })

// A small body that unfolds to gigabytes is refused with all encodings.
const refuseEncoding = (encoding: string | undefined): void => {
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return
  throw new ApiError('unsupported_media_type', {
    detail: `Expected a body without Content-Encoding, got ${JSON.stringify(encoding.slice(0, 40))}`,
  })
}

// The rest of the body is not read, so the connection cannot carry another request.
const tooLarge = (maxBytes: number): ApiError =>
  new ApiError('body_too_large', {
    detail: `Expected a body of at most ${maxBytes} bytes`,
    hint: 'server.max_body_size sets the limit',
    headers: { Connection: 'close' },
  })

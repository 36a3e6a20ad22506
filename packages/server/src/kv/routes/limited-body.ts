import { ApiError } from '../../errors.js'
import { readBody } from '../../http/read-body.js'
import { KvRefusal } from '../request/kv-refusal.js'
import type { KvRequest } from './kv-request.js'

/**
 * The body, of no more than so many bytes. Throws KvRefusal, ApiError.
 * @param option the key of the configuration that limits it
 */
export const limitedBody = async (
  { exchange }: Pick<KvRequest, 'exchange'>,
  maxBytes: number,
  option: string,
  read = readBody,
): Promise<Buffer> => {
  try {
    return await read(exchange.request, maxBytes)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'body_too_large') throw error
    const { detail = '', headers } = error
    throw new KvRefusal(400, new ApiError('body_too_large', { detail, hint: `${option} sets the limit`, headers }))
  }
}

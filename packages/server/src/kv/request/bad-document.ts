import type { KvConfig } from '../../config/kv-config.js'
import { ApiError, type ErrorCode, type ErrorOptions } from '../../errors.js'

/** A request that is in order, with a value that is not: 422 in the preset plain. Kopano knows no more than 400. */
export const badDocument = (
  { preset }: Pick<KvConfig, 'preset'>,
  code: Extract<ErrorCode, 'bad_body' | 'bad_json'>,
  options: ErrorOptions,
): ApiError => new ApiError(preset === 'plain' ? 'bad_document' : code, options)

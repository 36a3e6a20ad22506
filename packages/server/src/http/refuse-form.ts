import { PluginError } from '@easyrest/protocol'
import { moreThanOneRow } from '../response/form-encoder.js'
import type { Format } from '../response/format.js'

/**
 * Runs a write whose rows may be answered as a form, which holds one row: the plugin was told the limit (mostAffected), and
 * where it is that limit which refuses the write, the form is what the client has to change. Throws ApiError
 * not_acceptable and what `run` throws.
 * @param asked the client's own limit
 */
export const refuseForm = async <T>(format: Format, asked: number | undefined, run: () => Promise<T>): Promise<T> => {
  try {
    return await run()
  } catch (error) {
    const isForm = format === 'form' && (asked === undefined || asked > 1)
    if (isForm && error instanceof PluginError && error.reason === 'max_affected') throw moreThanOneRow(error)
    throw error
  }
}

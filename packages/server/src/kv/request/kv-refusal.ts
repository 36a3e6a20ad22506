import type { ApiError } from '../../errors.js'

/** Something that Kopano has an answer of its own for: a bare status in the preset kopano, `error` in the others. */
export class KvRefusal extends Error {
  override readonly name = 'KvRefusal'

  constructor(
    readonly kopanoStatus: number,
    readonly error: ApiError,
  ) {
    super(error.message, { cause: error })
  }
}

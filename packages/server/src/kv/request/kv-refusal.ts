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

/** What Kopano does not have has no answers of Kopano's: the error is thrown as it is. */
export const ownErrors = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run()
  } catch (error) {
    throw error instanceof KvRefusal ? error.error : error
  }
}

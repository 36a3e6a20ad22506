import { KvRefusal } from './kv-refusal.js'

/** What Kopano does not have has no answers of Kopano's: the error is thrown as it is. */
export const ownErrors = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run()
  } catch (error) {
    throw error instanceof KvRefusal ? error.error : error
  }
}

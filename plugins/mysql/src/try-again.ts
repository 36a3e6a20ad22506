import type { Call } from '@easyrest/plugin'
import { PluginError } from '@easyrest/protocol'
import type { Catalog } from './catalog.js'
import { isDeadlock, pluginErrorOf } from './mysql-errors.js'
import { MysqlFailure } from './mysql-failure.js'

/**
 * Tries again where nothing was done and it may help: what `mayHelp` knows, and a table that is not as it was known to
 * be. Throws PluginError.
 */
export const tryAgain = async <Result>(
  catalog: Catalog,
  call: Call | undefined,
  mayHelp: (error: unknown) => boolean,
  attempt: () => Promise<Result>,
): Promise<Result> => {
  for (let tries = 1; ; tries++) {
    const mark = catalog.mark()
    try {
      return await attempt()
    } catch (error) {
      const isHopeless = call?.cancelled || tries >= mostTries
      if (isHopeless || !(mayHelp(error) || (await hasNewSchema(catalog, error, mark)))) throw pluginErrorOf(error)
      if (mayHelp(error)) await pause(tries)
    }
  }
}

export const mostTries = 4

/** The connection broke before or while something was read. */
export const isLost = (error: unknown): boolean =>
  error instanceof MysqlFailure && error.isLost && error.code !== 'CLOSED'

/** The transaction has met another, and all of it is undone. */
export const isUndone = (error: unknown): boolean =>
  isDeadlock(error) || (error instanceof PluginError && error.reason === 'conflict')

const hasNewSchema = async (catalog: Catalog, error: unknown, mark: number): Promise<boolean> =>
  mayComeFromOldSchema(error) && (await catalog.hasChangedSince(mark).catch(() => false))

/** The reasons that a table which is not as it was known to be can have. */
const mayComeFromOldSchema = (error: unknown): boolean =>
  error instanceof PluginError
    ? ['unknown_table', 'unknown_column', 'bad_value', 'unknown_function'].includes(error.reason)
    : error instanceof MysqlFailure && schemaErrors.includes(error.errno)

const schemaErrors = [1054, 1146, 1136, 1364, 1356, 1347, 1906, 4031]

// Both of a pair that met once would meet again.
const pause = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** tries))

import { checkEnvironment } from './check-environment.js'
import type { ServeOptions } from './serve-options.js'
import { StartFailure } from './start-failure.js'

/**
 * Makes this process a plugin: listens, prints the handshake, and answers the host until it says stop or goes away.
 * Resolves when the host can connect. After that standard output belongs to the host; console.log still works, and
 * what it prints appears in the host's log. A process that no host started is told so and ends with status 1.
 * Throws TypeError when `options` describe no plugin.
 */
export const serve = async (options: ServeOptions): Promise<void> => {
  checkOptions(options)
  try {
    checkEnvironment()
    // Threads of the same program import this module too, and have no use for gRPC.
    const { start } = await import('./start.js')
    await start(options)
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

const checkOptions = ({ name, schemes, db, cache }: ServeOptions): void => {
  if (!db && !cache)
    throw new TypeError(`serve: expected "db" or "cache", got neither; plugin ${name} would do nothing`)
  if (schemes.length === 0) throw new TypeError('serve: expected at least one scheme, e.g. schemes: ["mydb"]')
}

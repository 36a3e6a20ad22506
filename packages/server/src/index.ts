import type { LoadOptions } from './config/load-config.js'
import { loadConfig } from './config/load-config.js'
import { openGateway } from './gateway.js'
import type { DataHandler } from './http/data-handler.js'
import { createLog } from './observe/log.js'
import type { ReloadOutcome } from './reload/reload-outcome.js'

/** EasyREST inside another server: `app.use('/data', (await easyrest({ file: 'config.yaml' })).handler)`. */
export interface EasyRest {
  readonly handler: DataHandler
  reload(): Promise<ReloadOutcome>
  close(): Promise<void>
}

/** Throws ConfigError. @param options where the configuration comes from; the environment is not read unless given */
export const easyrest = async (options: Partial<LoadOptions> & { file: string }): Promise<EasyRest> => {
  const observe = await createLog()
  const load = () => loadConfig({ flags: {}, env: {}, ...options })
  const { handler, reload, close } = await openGateway({ initial: await load(), load, observe })
  return { handler, reload, close }
}

export { ConfigError } from './config/config-error.js'
export type { DataHandler } from './http/data-handler.js'
export type { ReloadOutcome } from './reload/reload-outcome.js'
export { type Server, type ServerOptions, startServer } from './server.js'

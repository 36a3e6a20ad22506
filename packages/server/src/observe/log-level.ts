import { ConfigError } from '../config/config-error.js'

/** EASYREST_LOG_LEVEL; set to nothing it counts as not set, as every variable does. */
export const logLevel = (env: NodeJS.ProcessEnv): string => {
  const level = (env.EASYREST_LOG_LEVEL || 'info').toLowerCase()
  if (levels.includes(level)) return level
  const message = `expected ${levels.join(', ')}, received ${JSON.stringify(level)}`
  throw new ConfigError([{ file: 'environment', line: 0, column: 0, path: 'EASYREST_LOG_LEVEL', message }])
}

const levels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

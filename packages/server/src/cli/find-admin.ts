import { resolve } from 'node:path'
import { BadValue } from '../config/bad-value.js'
import type { ListenAddress } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'
import { findConfigFile, type LoadOptions } from '../config/load-config.js'
import { parseListenAddress } from '../config/parse-listen-address.js'
import { readYaml } from '../config/read-yaml.js'

/**
 * Where the admin listener of a configuration is; undefined: it has none. Reads no more of the file than that, because
 * the one who asks may lack the secrets that the rest of it needs. Throws ConfigError.
 */
export const findAdmin = async (options: LoadOptions): Promise<ListenAddress | undefined> => {
  const { flags } = options
  if (flags.admin !== undefined) return parse(flags.admin, '--admin')
  const cwd = options.cwd ?? process.cwd()
  const name = await findConfigFile(options, cwd)
  if (name === undefined) return undefined
  const { documents } = await readYaml({ name, path: resolve(cwd, name), env: options.env, files: new Set() })
  const listen = (documents[0]?.tree as { admin?: { listen?: unknown } | null } | null)?.admin?.listen
  return listen === undefined ? undefined : parse(listen, 'admin.listen')
}

const parse = (value: unknown, path: string): ListenAddress => {
  try {
    return parseListenAddress(value)
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    throw ConfigError.of(path, error.message)
  }
}

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config-error.js'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../load-config.js'

export const secret = 'a secret of the tests with more than 32 bytes'

/** Loads a text as config.yaml, by default with a key in the environment. */
export function load(text: string, options: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
  return loadConfig({ file: 'config.yaml', text, flags: {}, env: { ER_TOKEN_SECRET: secret }, ...options })
}

/** The lines of the ConfigError that loading throws. */
export async function problemsOf(text: string, options: Partial<LoadOptions> = {}): Promise<string[]> {
  return linesOf(() => load(text, options))
}

export async function linesOf(run: () => Promise<unknown>): Promise<string[]> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const lines = error.message.split('\n')
    return lines.length === 1 ? lines : lines.slice(1).map((line) => line.trim())
  }
  throw new Error('the configuration loaded; a ConfigError was expected')
}

/** The root of the repository, wherever the compiled tests lie below it. */
export function repositoryFile(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, name))) {
    if (folder === dirname(folder)) throw new Error(`${name} is in none of the folders above`)
    folder = dirname(folder)
  }
  return join(folder, name)
}

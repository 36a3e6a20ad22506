import { fileURLToPath } from 'node:url'
import type { TemporaryDirectory } from './temporary-directory.js'
import { writeNodeProgram } from './write-program.js'

/** Makes test/support/fixtures/<name>.ts a program that a configuration can name in `path`. */
export function fixtureProgram(name: string, directory: TemporaryDirectory): Promise<string> {
  const script = fileURLToPath(new URL(`fixtures/${name}.js`, import.meta.url))
  return writeNodeProgram(directory.file(name), script)
}

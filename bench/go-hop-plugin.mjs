import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The program of bench/hop-go, built; undefined where Go is not installed. Throws Error with the compiler's text. */
export const goHopPlugin = () => {
  const go = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin']
    .map((folder) => join(folder, 'go'))
    .find((path) => existsSync(path))
  if (go === undefined) return undefined
  const program = fileURLToPath(new URL('../.cache/go/easyrest-plugin-bench', import.meta.url))
  const cwd = fileURLToPath(new URL('hop-go', import.meta.url))
  try {
    execFileSync(go, ['build', '-o', program, '.'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    throw new Error(`go build of bench/hop-go failed: ${error.stderr}`, { cause: error })
  }
  return program
}

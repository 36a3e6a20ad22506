import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The compiled files of a folder that run in production: no tests, and nothing that only tests need. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : sourcesOf(path)
    return isCompiled(path) && !path.endsWith('.test.js') ? [path] : []
  })
}

// What was compiled once from a file that is gone does not run.
const isCompiled = (path: string): boolean =>
  path.endsWith('.js') && existsSync(path.replace(/\/dist\/(.*)\.js$/, '/src/$1.ts'))

const notOurs = new Set(['node_modules', 'src', 'test-support', 'fixtures'])

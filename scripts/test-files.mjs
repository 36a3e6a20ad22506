import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Every compiled test below a folder. Node 20 has no globs for --test. */
export const testFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return isSkipped(entry.name) ? [] : testFiles(path)
    return /\.test\.m?js$/.test(entry.name) ? [path] : []
  })

const isSkipped = (name) => name === 'node_modules' || name === 'src' || name.startsWith('.')

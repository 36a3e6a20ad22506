// Builds every package, but only when a source has changed: a second `npm start` must not wait for a compiler.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, '.cache', 'build-stamp')

/** Returns true when something was built. */
export const build = () => {
  const stamp = sourceStamp()
  if (readText(stampFile) === stamp) return false
  run('node', [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--build'], { cwd: root })
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, stamp)
  return true
}

// Names, sizes and times of all sources: cheaper than reading them, and tsc decides what really is out of date.
const sourceStamp = () => {
  const hash = createHash('sha256')
  for (const folder of ['packages', 'plugins', 'test', 'bench']) visit(join(root, folder), hash)
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json']) note(join(root, file), hash)
  return hash.digest('hex')
}

const visit = (folder, hash) => {
  for (const entry of entries(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !skipped.has(entry.name)) visit(path, hash)
    else if (/\.ts$|^tsconfig.*\.json$/.test(entry.name)) note(path, hash)
  }
}

const skipped = new Set(['node_modules', 'dist', '.cache'])

const entries = (folder) => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const note = (path, hash) => {
  const { size, mtimeMs } = statSync(path)
  hash.update(`${path}\0${size}\0${mtimeMs}\n`)
}

const readText = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()

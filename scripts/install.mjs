// Installs the dependencies when node_modules does not match the lock file.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Returns true when something was installed. */
export const install = () => {
  refuseOldNode()
  // npm writes this file last, so it is there and newer only after a complete installation.
  const installed = modified(join(root, 'node_modules', '.package-lock.json'))
  if (installed >= modified(join(root, 'package-lock.json'))) return false
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: root,
  })
  return true
}

const refuseOldNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(
    `EasyREST needs Node 20.19 or newer, this is ${process.versions.node}. Install a newer Node and try again.`,
  )
  process.exit(1)
}

const modified = (file) => {
  try {
    return statSync(file).mtimeMs
  } catch {
    return 0
  }
}

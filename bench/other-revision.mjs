import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Checks out a git revision beside the working tree, installs and builds it. Throws Error when one of them fails. */
export const checkOut = (root, revision, directory, scope) => {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
  const commit = git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`)
  const tree = join(directory, 'other')
  git('worktree', 'add', '--detach', tree, commit)
  scope.add(tree, () => void git('worktree', 'remove', '--force', tree))
  installInto(tree, root)
  run(tree, process.execPath, [join(tree, 'node_modules', 'typescript', 'bin', 'tsc'), '--build'])
  return { root: tree, label: commit.slice(0, 7) }
}

// The same lock file means the same packages, and a copy needs no registry. Links between workspaces are relative.
const installInto = (tree, root) => {
  const [theirs, ours] = [tree, root].map((folder) => readFileSync(join(folder, 'package-lock.json')))
  if (theirs.equals(ours)) {
    cpSync(join(root, 'node_modules'), join(tree, 'node_modules'), { recursive: true, verbatimSymlinks: true })
  } else {
    run(tree, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  }
}

const run = (cwd, command, args) => execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })

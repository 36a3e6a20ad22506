import { execFileSync } from 'node:child_process'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'

/** The facts without which no figure means anything. */
export const machineFacts = (root) => ({
  date: new Date().toISOString(),
  revision: revisionOf(root),
  node: process.versions.node,
  system: `${platform()} ${release()}`,
  cores: cpus().length,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  loadBefore: loadavg(),
})

/** The commit, with a + when files differ from it. */
const revisionOf = (root) => {
  try {
    const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+')
    )
  } catch {
    return 'unknown'
  }
}

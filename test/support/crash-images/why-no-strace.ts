import { spawnSync } from 'node:child_process'
import { canInstallPackages, installDebianPackages } from '../install-debian-packages.js'

/**
 * Why system calls cannot be recorded here, or undefined when they can. Where strace is missing and this is root on
 * Debian, it is installed. Throws in CI, where nothing may be left out that could be had.
 */
export function whyNoStrace(): string | undefined {
  const first = problemOfStrace()
  const problem = first !== undefined && installStrace() ? problemOfStrace() : first
  if (problem !== undefined && process.env.CI === 'true') throw new Error(`${problem}; install the package strace`)
  return problem
}

function problemOfStrace(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { encoding: 'utf8' })
  if (error !== undefined) return `strace cannot be started: ${error.message}`
  return status === 0 ? undefined : `strace may not trace here: ${stderr.trim()}`
}

function installStrace(): boolean {
  if (!canInstallPackages()) return false
  installDebianPackages(['strace'])
  return true
}

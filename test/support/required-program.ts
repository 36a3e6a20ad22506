import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that some tests need and a machine may lack. */
export interface RequiredProgram {
  readonly name: string
  /** Folders besides those of PATH. */
  readonly places?: readonly string[]
  /** What installs it on Debian. */
  readonly debianPackage: string
}

/**
 * The program's path; undefined: it is not here, and the tests that need it are skipped. With CI=true nothing that could
 * be installed is skipped: as root on Debian it is installed, else Error says what is missing.
 */
export function requiredProgram(program: RequiredProgram): string | undefined {
  const found = find(program)
  if (found !== undefined || process.env.CI !== 'true') return found
  install(program.debianPackage)
  const installed = find(program)
  if (installed !== undefined) return installed
  throw new Error(`CI=true, and ${program.name} is missing: install it (Debian package ${program.debianPackage})`)
}

function find({ name, places = [] }: RequiredProgram): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...places]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

function install(debianPackage: string): void {
  if (process.getuid?.() !== 0) return
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']
  const run = (...args: string[]) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  run('update')
  run('install', ...options, debianPackage)
}

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { canInstallPackages, installDebianPackages } from './install-debian-packages.js'

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
  const found = findProgram(program)
  if (found !== undefined || process.env.CI !== 'true') return found
  if (canInstallPackages()) installDebianPackages([program.debianPackage])
  const installed = findProgram(program)
  if (installed !== undefined) return installed
  throw new Error(`CI=true, and ${program.name} is missing: install it (Debian package ${program.debianPackage})`)
}

/** The program's path, where it is here. */
export function findProgram({ name, places = [] }: RequiredProgram): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...places]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

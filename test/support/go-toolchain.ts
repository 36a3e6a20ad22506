import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { requiredProgram } from './required-program.js'

/** The go command; undefined where Go is not installed (see requiredProgram). */
export const goToolchain = (): GoToolchain | undefined => {
  const go = requiredProgram({ name: 'go', places: ['/usr/local/go/bin'], debianPackage: 'golang-go' })
  return go === undefined ? undefined : new GoToolchain(go)
}

export class GoToolchain {
  constructor(private readonly go: string) {}

  /** Where the go command lies. */
  get folder(): string {
    return dirname(this.go)
  }

  /** Runs a go command in a folder; its standard output. Throws Error with what it wrote. */
  run(folder: string, ...args: readonly string[]): string {
    try {
      const env = { ...process.env, GOTOOLCHAIN: 'local' }
      return execFileSync(this.go, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string }
      throw new Error(`go ${args.join(' ')} in ${folder} failed: ${stdout}${stderr}`, { cause: error })
    }
  }

  /** Builds the program of a folder. */
  build(folder: string, program: string): void {
    this.run(folder, 'build', '-o', program, '.')
  }

  /** The newest go-plugin wants Go 1.24; Debian 12 has 1.19. */
  get isRecent(): boolean {
    const [, major, minor] = /go(\d+)\.(\d+)/.exec(this.run('.', 'version')) ?? []
    return Number(major) > 1 || Number(minor) >= 24
  }
}

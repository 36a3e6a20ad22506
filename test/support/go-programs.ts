import { execFileSync } from 'node:child_process'
import { repositoryPath } from './repository-path.js'
import { requiredProgram } from './required-program.js'

/** Programs built with hashicorp/go-plugin from test/support/go. */
export interface GoPrograms {
  /** A plugin; the name of the table says what a read does. */
  readonly plugin: string
  /** A host: `host [-mtls] <program>`, calls on standard input. */
  readonly host: string
  /** Both need it in their environment. */
  readonly env: { readonly EASYREST_PROTO_DIR: string }
}

/** Builds them; undefined where Go is not installed. Throws Error with the compiler's text. */
export function goPrograms(): GoPrograms | undefined {
  const go = requiredProgram({ name: 'go', places: ['/usr/local/go/bin'], debianPackage: 'golang-go' })
  if (go === undefined) return undefined
  const folder = repositoryPath('.cache', 'go')
  const [modules, ...options] = isRecent(go) ? ['current.mod', '-modfile=current.mod'] : ['go.mod']
  try {
    execFileSync(go, ['build', ...options, '-o', `${folder}/`, './plugin', './host'], {
      cwd: repositoryPath('test', 'support', 'go'),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    throw new Error(`go build with ${modules} failed: ${(error as { stderr?: Buffer }).stderr}`, { cause: error })
  }
  const env = { EASYREST_PROTO_DIR: repositoryPath('proto') }
  return { plugin: `${folder}/plugin`, host: `${folder}/host`, env }
}

// The newest go-plugin wants Go 1.24; go.mod has the newest for the Go of Debian 12.
function isRecent(go: string): boolean {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(execFileSync(go, ['version'], { encoding: 'utf8' })) ?? []
  return Number(major) > 1 || Number(minor) >= 24
}

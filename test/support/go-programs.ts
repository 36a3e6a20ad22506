import { goToolchain } from './go-toolchain.js'
import { repositoryPath } from './repository-path.js'

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
  const go = goToolchain()
  if (go === undefined) return undefined
  const folder = repositoryPath('.cache', 'go')
  const options = go.isRecent ? ['-modfile=current.mod'] : []
  go.run(repositoryPath('test', 'support', 'go'), 'build', ...options, '-o', `${folder}/`, './plugin', './host')
  const env = { EASYREST_PROTO_DIR: repositoryPath('proto') }
  return { plugin: `${folder}/plugin`, host: `${folder}/host`, env }
}

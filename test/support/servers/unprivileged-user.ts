import { execFileSync } from 'node:child_process'

/** For spawn(): nothing to change when this is no root. */
export interface ProcessUser {
  readonly uid?: number
  readonly gid?: number
}

/** Database servers refuse to run as root: root starts them as nobody, everybody else as themselves. */
export function unprivilegedUser(): ProcessUser {
  if (process.getuid?.() !== 0) return {}
  found ??= { uid: idOf('-u'), gid: idOf('-g') }
  return found
}

let found: ProcessUser | undefined

const idOf = (option: '-u' | '-g'): number => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))

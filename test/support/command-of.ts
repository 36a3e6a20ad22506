import { readFileSync } from 'node:fs'

/** The name of a process as pidof and ps know it, at most 15 bytes; '' when it is gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

import { readFileSync, readlinkSync } from 'node:fs'

/** Names one running host for all time: process id, start time, and the name space in which the id means something. */
export const ownIdentity = (): string => (identity ??= identify())

/**
 * Whether a host with this identity can be known to be gone. One of another container (whose process ids mean nothing
 * here) and a text that is no identity are not: what is theirs is left alone.
 */
export const isGone = (other: string): boolean => {
  const [, pid, started, space] = /^(\d+)\.(\d+)\.(\d+)$/.exec(other) ?? []
  if (pid === undefined || space !== pidSpace()) return false
  return startTime(pid) !== started
}

let identity: string | undefined

const identify = (): string => `${process.pid}.${startTime(String(process.pid)) ?? 0}.${pidSpace()}`

/** Clock ticks since the machine started, 0 where there is no /proc; undefined: no such process runs. */
const startTime = (pid: string): string | undefined => {
  if (pidSpace() === noSpace) return isRunning(Number(pid)) ? '0' : undefined
  try {
    // The name in brackets may hold blanks and brackets itself.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : fields[18]
  } catch {
    return undefined
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const pidSpace = (): string => {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? noSpace
  } catch {
    return noSpace
  }
}

const noSpace = '0'

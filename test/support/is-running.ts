import { readdirSync, readFileSync } from 'node:fs'

/** Whether a process of this id runs; one that has ended and was not collected by its parent yet does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return statusOf(pid)?.state !== 'Z'
}

/** The process ids of the children of a process. */
export function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => statusOf(pid)?.parent === parent)
}

/** Those of them that have ended and were not collected. */
export function zombiesOf(parent: number): number[] {
  return childrenOf(parent).filter((pid) => statusOf(pid)?.state === 'Z')
}

function statusOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

import { readdir, readFile } from 'node:fs/promises'

/**
 * The processes whose environment has this variable with a value that matches: whatever a plugin started, and its
 * children, wherever they have gone. Without /proc none is found; one that changed its environment is not either.
 */
export const markedProcesses = async (variable: string, matches: (value: string) => boolean): Promise<number[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const marked: number[] = []
  // A few at a time: each holds a descriptor, and a machine may have thousands of processes.
  for (let from = 0; from < pids.length; from += 32) {
    const some = pids.slice(from, from + 32)
    const values = await Promise.all(some.map((pid) => variableOf(pid, variable)))
    marked.push(...some.filter((_pid, index) => values[index] !== undefined && matches(values[index])).map(Number))
  }
  return marked
}

/** Ends them now; answers how many were there. */
export const killMarked = async (variable: string, matches: (value: string) => boolean): Promise<number> => {
  const pids = await markedProcesses(variable, matches)
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
  return pids.length
}

// Those of other users cannot be read, and are not ours to end.
const variableOf = async (pid: string, variable: string): Promise<string | undefined> => {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  const start = `\0${environment}`.indexOf(`\0${variable}=`)
  return start === -1 ? undefined : environment.slice(start + variable.length + 1).split('\0', 1)[0]
}

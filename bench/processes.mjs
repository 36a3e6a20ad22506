// What Linux says about other processes. Elsewhere the figures are NaN, and reported as such.
import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds of CPU, user and system, of all threads since the process began. In steps of 10 ms. */
export const cpuMicros = (pid) => {
  const fields = statOf(pid)
  return fields === undefined ? Number.NaN : (Number(fields[11]) + Number(fields[12])) * microsPerTick
}

/** Resident memory in bytes. */
export const residentBytes = (pid) => {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))
  return found === null ? Number.NaN : Number(found[1]) * 1024
}

export const childrenOf = (parent) =>
  listProcesses().filter((pid) => {
    const fields = statOf(pid)
    return fields !== undefined && Number(fields[1]) === parent
  })

// The fields behind the name, which may hold blanks and brackets: state, ppid, ...
const statOf = (pid) => {
  const text = read(`/proc/${pid}/stat`)
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

const listProcesses = () => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

const read = (file) => {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

// USER_HZ is 100 wherever Node runs on Linux.
const microsPerTick = 10_000

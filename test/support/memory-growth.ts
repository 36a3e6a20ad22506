import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** How many megabytes the resident memory of a process, or of several together, grows, at most, while something runs. */
export async function memoryGrowth(pid: number | readonly number[], run: () => Promise<unknown>): Promise<number> {
  const resident = async (): Promise<number> => sum(await Promise.all([pid].flat().map(residentMegabytes)))
  const before = await resident()
  let peak = before
  let running = true
  const done = run().finally(() => {
    running = false
  })
  // Looked at where it is awaited.
  done.catch(() => {})
  while (running) {
    peak = Math.max(peak, await resident())
    await sleep(50)
  }
  await done
  return Math.round(peak - before)
}

/** The resident memory of a process, in 10^6 bytes (Linux). */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? []
  if (kilobytes === undefined) throw new Error(`expected VmRSS in /proc/${pid}/status, got ${status.slice(0, 200)}`)
  return (Number(kilobytes) * 1024) / 1e6
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

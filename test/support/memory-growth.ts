import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** How many megabytes the resident memory of a process grows, at most, while something runs. */
export async function memoryGrowth(pid: number, run: () => Promise<unknown>): Promise<number> {
  const before = await residentMegabytes(pid)
  let peak = before
  let running = true
  const done = run().finally(() => {
    running = false
  })
  // Looked at where it is awaited.
  done.catch(() => {})
  while (running) {
    peak = Math.max(peak, await residentMegabytes(pid))
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

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { residentMegabytes } from './memory-growth.js'

export interface ProcessResources {
  readonly children: number
  readonly descriptors: number
  readonly sockets: number
  readonly megabytes: number
}

/** What a process holds at the moment (Linux). */
export async function processResources(pid: number): Promise<ProcessResources> {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`))
  return {
    children: childrenOf(pid).length,
    descriptors: links.length,
    sockets: links.filter((link) => link.startsWith('socket:')).length,
    megabytes: Math.round(await residentMegabytes(pid)),
  }
}

export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
}

// The name stands in parentheses and may hold anything.
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2])
  } catch {
    return undefined
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

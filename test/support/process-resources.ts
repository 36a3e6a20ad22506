import { readdirSync, readlinkSync } from 'node:fs'
import { childrenOf } from './is-running.js'
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

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

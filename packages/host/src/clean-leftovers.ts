import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostVariable } from '@easyrest/protocol'
import { isGone } from './host-identity.js'
import { killMarked } from './marked-processes.js'
import { isSocketDirectory, ownerFile, removeSocketDirectory, runtimeBases } from './socket-directory.js'

/** What a host that was killed left behind, and this one removed. */
export interface Leftovers {
  readonly processes: number
  readonly directories: number
}

/**
 * Ends the plugins and removes the socket directories of hosts that are gone. What belongs to a host that runs, on this
 * machine or in another container, is left alone, and so is what names no host.
 */
export const cleanLeftovers = async (): Promise<Leftovers> => {
  const processes = await killMarked(hostVariable, isGone)
  const removed = await Promise.all(runtimeBases().map(removeAbandoned))
  return { processes, directories: removed.reduce((sum, count) => sum + count, 0) }
}

const removeAbandoned = async (base: string): Promise<number> => {
  const names = (await readdir(base).catch(() => [])).filter(isSocketDirectory)
  const abandoned = await Promise.all(names.map((name) => isAbandoned(join(base, name))))
  const removable = names.filter((_name, index) => abandoned[index])
  for (const name of removable) await removeSocketDirectory(join(base, name))
  return removable.length
}

const isAbandoned = async (directory: string): Promise<boolean> => {
  const owner = await readFile(join(directory, ownerFile), 'utf8').catch(() => undefined)
  return owner !== undefined && isGone(owner)
}

import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { maxSocketPathBytes } from '@easyrest/protocol'
import { ownIdentity } from './host-identity.js'

/** A directory for one plugin process that nobody else can enter; its socket and its temporary files live there. */
export interface SocketDirectory {
  readonly path: string
  /** Removes it with all that the plugin left. Never throws. */
  remove(): Promise<void>
}

/** @param bases tried in this order; the first that can be written and is short enough is used */
export const createSocketDirectory = async (bases: readonly string[] = runtimeBases()): Promise<SocketDirectory> => {
  const problems: string[] = []
  for (const base of bases) {
    try {
      return await createIn(base)
    } catch (error) {
      problems.push(`${base}: ${(error as Error).message}`)
    }
  }
  throw new Error(
    `expected a writable directory with a short path for the sockets of plugins, got ${problems.join('; ')}; set XDG_RUNTIME_DIR or TMPDIR`,
  )
}

/** Whether a name in one of the bases may be that of a socket directory; its owner file says whose. */
export const isSocketDirectory = (name: string): boolean => name.startsWith(namePrefix)

/** Where the directories are made. */
export const runtimeBases = (): string[] => {
  const runtime = process.env.XDG_RUNTIME_DIR
  return runtime !== undefined && isAbsolute(runtime) ? [runtime, tmpdir()] : [tmpdir()]
}

// mkdtemp makes it 0700; the real path is used because plugins and the host compare paths.
const createIn = async (base: string): Promise<SocketDirectory> => {
  const prefix = join(await realpath(base), namePrefix)
  const longest = Buffer.byteLength(prefix) + 6 + longestSocketName
  if (longest > maxSocketPathBytes) {
    throw new Error(`a socket path there would have ${longest} bytes, more than ${maxSocketPathBytes}`)
  }
  const path = await mkdtemp(prefix)
  await writeFile(join(path, ownerFile), ownIdentity())
  return { path, remove: () => removeSocketDirectory(path) }
}

/** Never throws. */
export const removeSocketDirectory = async (path: string): Promise<void> => {
  // A plugin may have taken away the rights on its own directory.
  await chmod(path, 0o700).catch(() => {})
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
}

/** The file in it that names the host it belongs to, for the one who cleans up. */
export const ownerFile = '.host'

const namePrefix = 'er-'

// go-plugin's "/plugin" and ten digits, and some room for other languages.
const longestSocketName = 24

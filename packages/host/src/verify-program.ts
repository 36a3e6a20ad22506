import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { ConnectionSettings } from './connection.js'

type Pinned = Pick<ConnectionSettings, 'name' | 'sha256'>

/** Compares the program with the pin in the configuration, at every start, because the file may have been replaced. */
export const verifyProgram = async (program: string, { name, sha256 }: Pinned): Promise<void> => {
  if (sha256 !== undefined) await compare(program, createReadStream(program), name, sha256)
}

/**
 * Compares once more what was started: between the first look and the start the file may have been exchanged. Of a binary
 * that is what the kernel executes, which nobody can write while it runs; of a script, the file its interpreter has read.
 */
export class StartedProgram {
  private readonly descriptor: number | undefined

  /** To be made at once after the start: a program may execute another in its place. */
  constructor(
    pid: number,
    private readonly program: string,
    private readonly settings: Pinned,
  ) {
    this.descriptor = settings.sha256 === undefined ? undefined : openExecutable(pid)
  }

  /** To be called when the program has said something, and once. Throws Error when it is not the pinned one. */
  async verify(): Promise<void> {
    const { name, sha256 } = this.settings
    if (sha256 === undefined) return
    const isKnown = this.descriptor !== undefined && (await isBinary(this.program))
    if (!isKnown) this.close()
    const running = isKnown ? createReadStream('', { fd: this.descriptor! }) : createReadStream(this.program)
    await compare(this.program, running, name, sha256)
  }

  /** Instead of `verify`. */
  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
  }
}

const compare = async (program: string, content: ReadStream, connection: string, pin: string): Promise<void> => {
  const hash = createHash('sha256')
  await pipeline(content, hash)
  const got = hash.digest('hex')
  if (got === pin.toLowerCase()) return
  throw new Error(
    `connection ${connection}: expected ${program} to have sha256 ${pin}, got ${got}; the program was changed: check where it comes from, then correct plugins.${connection}.sha256`,
  )
}

// Stays what it is even when the file gets another name or content. Linux only.
const openExecutable = (pid: number): number | undefined => {
  try {
    return openSync(`/proc/${pid}/exe`, 'r')
  } catch {
    return undefined
  }
}

const isBinary = async (program: string): Promise<boolean> => {
  const file = await open(program)
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close())
  return buffer.toString('latin1') === '\x7fELF'
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { ConnectionSettings } from './connection.js'

/** Compares the program with the pin in the configuration, at every start, because the file may have been replaced. */
export const verifyProgram = async (
  program: string,
  { name, sha256 }: Pick<ConnectionSettings, 'name' | 'sha256'>,
): Promise<void> => {
  if (sha256 === undefined) return
  const hash = createHash('sha256')
  await pipeline(createReadStream(program), hash)
  const got = hash.digest('hex')
  if (got === sha256.toLowerCase()) return
  throw new Error(
    `connection ${name}: expected ${program} to have sha256 ${sha256}, got ${got}; the program was changed: check where it comes from, then correct plugins.${name}.sha256`,
  )
}

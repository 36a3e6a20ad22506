import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { BadValue } from './bad-value.js'

/** The text of a file, or a BadValue that says in words why there is none. */
export async function readText(path: string, maxBytes: number): Promise<string> {
  await requireFile(path)
  const bytes = await readFile(path).catch(explain)
  if (bytes.length > maxBytes) throw new BadValue(`expected at most ${maxBytes} bytes, received ${bytes.length}`)
  return decode(bytes)
}

/** Throws a BadValue unless the path is a regular file that this process may read. */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(explain)
  if (found.isDirectory()) throw new BadValue('expected a file, received a directory')
  // A pipe or device could block for ever, and could not be read again at a reload.
  if (!found.isFile()) throw new BadValue('expected a regular file, received a device, pipe or socket')
  await access(path, constants.R_OK).catch(explain)
}

function explain(error: NodeJS.ErrnoException): never {
  const reasons: Record<string, string> = {
    ENOENT: 'the file does not exist; check the path',
    ENOTDIR: 'the file does not exist; check the path',
    EACCES: 'the file cannot be read: permission denied; make it readable for the user that runs the server',
    EPERM: 'the file cannot be read: permission denied; make it readable for the user that runs the server',
  }
  throw new BadValue(reasons[error.code ?? ''] ?? `the file cannot be read (${error.code ?? error.message})`)
}

function decode(bytes: Buffer): string {
  const text = decodeUtf8(bytes)
  if (text === undefined || /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) {
    throw new BadValue('expected text in UTF-8, received binary data')
  }
  return text
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

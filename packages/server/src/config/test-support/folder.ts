import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** A folder for the files of one test file; removed after its tests. */
export const folder = mkdtempSync(join(tmpdir(), 'easyrest-config-'))
after(() => rmSync(folder, { recursive: true }))

export function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

import { chmod, readFile, writeFile } from 'node:fs/promises'

export interface ProgramOptions {
  /** Whether the file gets its execute bit. */
  readonly executable?: boolean
}

/** Writes a shell script that can be started as a plugin, unless it is there already: a reload notices a new file. */
export async function writeProgram(
  file: string,
  script: string,
  { executable = true }: ProgramOptions = {},
): Promise<string> {
  const text = `#!/bin/sh\n${script}\n`
  if ((await readFile(file, 'utf8').catch(() => undefined)) !== text) await writeFile(file, text)
  await chmod(file, executable ? 0o755 : 0o644)
  return file
}

/** A program that becomes the given script of this repository, run by this Node: its process id is the plugin's. */
export function writeNodeProgram(file: string, script: string): Promise<string> {
  return writeProgram(file, `exec "${process.execPath}" "${script}"`)
}

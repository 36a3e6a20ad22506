import { chmod, writeFile } from 'node:fs/promises'

export interface ProgramOptions {
  /** Whether the file gets its execute bit. */
  readonly executable?: boolean
}

/** Writes a shell script that can be started as a plugin. Answers its path. */
export async function writeProgram(
  file: string,
  script: string,
  { executable = true }: ProgramOptions = {},
): Promise<string> {
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, executable ? 0o755 : 0o644)
  return file
}

/** A program that becomes the given script of this repository, run by this Node: its process id is the plugin's. */
export function writeNodeProgram(file: string, script: string): Promise<string> {
  return writeProgram(file, `exec "${process.execPath}" "${script}"`)
}

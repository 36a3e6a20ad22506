import { spawnSync } from 'node:child_process'

/** Runs a program with our terminal; a failure ends this process with the program's own status. */
export const run = (command, args, options = {}) => {
  const result = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (result.error !== undefined) throw result.error
  if (result.status !== 0) process.exit(result.status ?? 1)
}

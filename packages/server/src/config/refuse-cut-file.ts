import { ConfigError } from './config-error.js'
import type { LoadedConfig } from './load-config.js'

/**
 * Half of a file is often valid YAML, and a smaller configuration. Throws ConfigError when a file is no more than the
 * beginning of what it was, or has lost the line `...` at its end.
 */
export const refuseCutFile = (inForce: LoadedConfig, next: LoadedConfig): void => {
  for (const [file, text] of next.texts) {
    const before = inForce.texts.get(file)?.trimEnd()
    const now = text.trimEnd()
    if (before === undefined || isMarked(now)) continue
    if (isMarked(before)) throw refusal(file, 'it ended with a line "..." and does not any more')
    if (now.length < before.length && before.startsWith(now)) {
      throw refusal(file, `it is the beginning of what is in force and ends after ${now.split('\n').length} lines`)
    }
  }
}

// YAML's own end of a document.
const isMarked = (text: string): boolean => /\n\.\.\.$/.test(text)

const refusal = (file: string, seen: string): ConfigError => {
  const step = 'write it again; if nothing is missing, put a line "..." at its end'
  return new ConfigError([
    { file, line: 0, column: 0, path: '', message: `the file seems to be cut off: ${seen}; ${step}` },
  ])
}

import { databaseKinds } from './database-kinds.js'
import type { Restriction } from './transcript.js'
import type { TranscriptLines } from './transcript-lines.js'

export const kindNames: readonly string[] = databaseKinds.map(({ name }) => name)

/** `sqlite, postgres: the reason`. */
export function parseRestriction(lines: TranscriptLines, number: number, text: string): Restriction {
  const [, names = '', reason] = /^([\w, ]+): (.+)$/.exec(text) ?? []
  if (reason === undefined) throw lines.error(number, `expected "<kind>, <kind>: <reason>", got "${text}"`)
  const kinds = names.split(',').map((name) => name.trim())
  const unknown = kinds.find((kind) => !kindNames.includes(kind))
  if (unknown !== undefined) {
    throw lines.error(number, `expected a kind of database (${kindNames.join(', ')}), got "${unknown}"`)
  }
  return { kinds, reason }
}

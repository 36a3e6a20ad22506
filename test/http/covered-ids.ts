import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryPath } from '../support/repository-path.js'
import { readTranscripts } from './read-transcripts.js'

/** Where each case is tried: its id -> the transcripts and the test files that name it. */
export function coveredIds(): Map<string, string[]> {
  const places = new Map<string, string[]>()
  const note = (id: string, place: string) => places.set(id, [...(places.get(id) ?? []), place])
  for (const { file, cases } of readTranscripts()) {
    for (const { id, skip } of cases) if (skip === undefined) note(id, file)
  }
  for (const folder of testFolders) {
    for (const file of testFiles(folder)) for (const id of idsInTitles(readFileSync(file, 'utf8'))) note(id, file)
  }
  return places
}

/** The ids that titles of tests name: `K10: allow and exclude`, `S2, S4: a plugin`, or behind them: `says nothing (S5)`. */
export function idsInTitles(source: string): string[] {
  const found = source.matchAll(new RegExp(`(['"\`])(?:(${ids}): .*|.*\\((${ids})\\))\\1`, 'g'))
  return [...found].flatMap(([, , before, behind]) => (before ?? behind ?? '').split(', '))
}

const id = '[A-Z](?:-\\d\\d|\\d{1,2})'
const ids = `${id}(?:, ${id})*`
const testFolders = ['packages', 'plugins', 'test']

function testFiles(folder: string): string[] {
  return readdirSync(repositoryPath(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'dist' || entry.name === 'node_modules' ? [] : testFiles(path)
    return entry.name.endsWith('.test.ts') ? [repositoryPath(path)] : []
  })
}

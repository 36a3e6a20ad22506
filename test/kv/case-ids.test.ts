import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { it } from 'node:test'
import { repositoryPath } from '../support/repository-path.js'
import { readKvTranscripts } from './play-kv-transcripts.js'

// The cases of the research on Kopano's kvs (K) and on what goes beyond it (B).
const cases = [
  ...[
    1, 2, 5, 7, 8, 10, 12, 14, 16, 17, 18, 22, 23, 26, 29, 32, 33, 35, 37, 39, 41, 42, 44, 47, 48, 49, 50, 51, 54,
  ].map(k),
  ...[57, 59, 61, 64, 65, 68, 70, 71, 73, 74, 78, 79, 80, 81, 84, 85, 86, 88, 90, 91, 92, 95, 98, 100].map(k),
  ...[
    3, 5, 7, 8, 9, 12, 14, 16, 17, 18, 20, 21, 22, 23, 25, 29, 30, 31, 32, 33, 34, 39, 43, 44, 45, 47, 50, 51, 56,
  ].map(b),
  ...[60, 61, 65].map(b),
]

/** What is not done as the research proposes it, and why. */
const overridden: Readonly<Record<string, string>> = {
  B020: 'flags of Consul are not part of the API; metadata is (B019)',
  B044: 'there is no watch yet',
  B045: 'there is no watch yet',
  B047: 'there is no watch, and so no long poll',
  B051: 'there is no realm group; user, app and shared are',
  B060: 'there is no merge patch; a write with If-Match is (B006)',
  B061: 'there is no history',
}

it('every case of the research is a test, or is overridden with a reason', () => {
  const tested = idsOfTests()
  const missing = cases.filter((id) => !tested.has(id) && overridden[id] === undefined)
  assert.deepEqual(missing, [])
  const needless = Object.keys(overridden).filter((id) => tested.has(id) || !cases.includes(id))
  assert.deepEqual(needless, [])
})

/** Ids of transcripts, and in the titles of the other tests of this folder. */
function idsOfTests(): ReadonlySet<string> {
  const ids = new Set(readKvTranscripts().flatMap((transcript) => transcript.cases.map(({ id }) => id)))
  const folder = repositoryPath('test/kv')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const name of files.filter((file) => file.endsWith('.ts') && file !== 'case-ids.test.ts')) {
    const titles = readFileSync(`${folder}/${name}`, 'utf8').matchAll(
      /\b(?:it|describe)\([`'"]((?:[KB]\d{3}[a-z]? )+)/g,
    )
    for (const [, found = ''] of titles) for (const id of found.trim().split(' ')) ids.add(id)
  }
  return ids
}

function k(number: number): string {
  return `K${String(number).padStart(3, '0')}`
}

function b(number: number): string {
  return `B${String(number).padStart(3, '0')}`
}

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkPlugin, checks, type Report, resultText } from '@easyrest/conformance'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { writeNodeProgram } from '../support/write-program.js'
import { defects } from './broken/defects.js'
import { readSeed, seededSqlite } from './support.js'

let directory: TemporaryDirectory
let program: string
let uri: string

before(async () => {
  directory = await temporaryDirectory()
  const script = fileURLToPath(new URL('broken/broken-plugin.js', import.meta.url))
  program = await writeNodeProgram(directory.file('broken-plugin'), script)
  uri = seededSqlite(directory)
})

after(() => directory.remove())

test('each check has a plugin that must fail it', () => {
  assert.deepEqual(
    checks.map(({ id }) => id).filter((id) => defects[id] === undefined),
    [],
  )
})

for (const id of Object.keys(defects)) {
  test(`a plugin with a defect fails ${id}`, async () => {
    const [result] = (await checkBroken(id, [id])).results
    assert.equal(result?.id, id)
    assert.equal(result.outcome, 'failed', result.reason)
    // Not because it did not start.
    assert.equal(result.rule, ruleOf(id), resultText(result))
    assert.ok(result.expected && result.received)
  })
}

const ids = Object.keys(defects)

// Program without a defect -> the checks it must pass, each in the way its defect runs.
const controls: Readonly<Record<string, readonly string[]>> = {
  none: ids.filter((id) => !needsThreads(id)),
  'none-threaded': ids.filter(needsThreads),
  'none-in-one-thread': ['load.cancel'],
}

for (const [name, passed] of Object.entries(controls)) {
  test(`control: the same program without a defect passes: ${name}`, async () => {
    const { results } = await checkBroken(name, passed)
    // SQLite has no functions and finds names in any case: what is checked of them is part of their defects.
    const others = results.filter(({ outcome, reason = '' }) => outcome !== 'passed' && !isNotSqlite.test(reason))
    assert.deepEqual(others.map(resultText), [])
    assert.equal(results.length, passed.length)
  })
}

const isNotSqlite = / (functions|function_filters|exact_names)$/

const checkBroken = (name: string, only: readonly string[]): Promise<Report> => {
  const env = { DEFECT: name, DEFECT_DIRECTORY: directory.path }
  // The ones that hang need not be waited for as long as a database that starts.
  const startTimeoutMs = ['handshake.time', 'handshake.cookie'].includes(name) ? 3000 : 20_000
  return checkPlugin({ program, uri, seed: readSeed('sqlite'), only, env, startTimeoutMs })
}

const ruleOf = (id: string): string | undefined => checks.find((check) => check.id === id)?.rule

// A driver that blocks is itself the defect of load.deadline.
function needsThreads(id: string): boolean {
  const defect = defects[id]!
  return id === 'load.deadline' || (typeof defect === 'object' && defect.threaded === true)
}

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkPlugin, checks } from '@easyrest/conformance'
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
    const [result] = (await checkPlugin({ program, uri, seed: readSeed('sqlite'), only: [id], env: { DEFECT: id } }))
      .results
    assert.equal(result?.id, id)
    assert.equal(result.outcome, 'failed', result.reason)
    assert.ok(result.rule && result.expected && result.received)
  })
}

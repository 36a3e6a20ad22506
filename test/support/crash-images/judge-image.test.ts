import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { sqliteFile } from '../sqlite-file.js'
import { temporaryDirectory } from '../temporary-directory.js'
import { batchTable, rightBatch } from './insert-batches.js'
import { judgeImage, type Verdict } from './judge-image.js'
import { databaseName } from './record-inserts.js'

const judge = async (t: TestContext, sql: string, acknowledged: number, damage = (file: Buffer) => file) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const { path, close } = sqliteFile(directory.file('source.db'), `${batchTable};${sql}`)
  close()
  const content = damage(await readFile(path))
  await rm(path)
  return judgeImage(new Map([[databaseName, content]]), directory.path, acknowledged)
}

const cases: [string, string, number, Verdict][] = [
  ['nothing was acknowledged', '', 0, 'good'],
  ['all that was acknowledged is there', rightBatch(1) + rightBatch(2), 2, 'good'],
  ['a batch is there although nobody was told', rightBatch(1) + rightBatch(2), 1, 'good'],
  ['an acknowledged batch is missing', rightBatch(1), 2, 'lost'],
  ['a row is missing', `${rightBatch(1)}DELETE FROM rows WHERE n = 3`, 0, 'half'],
  ['a row is another', `${rightBatch(1)}UPDATE rows SET v = 'x' WHERE n = 3`, 0, 'half'],
  ['a batch is there without the one before it', rightBatch(1) + rightBatch(3), 0, 'half'],
]

for (const [what, sql, acknowledged, verdict] of cases) {
  test(`${verdict}: ${what}`, async (t) => assert.equal(await judge(t, sql, acknowledged), verdict))
}

test('broken: an index does not fit its table', async (t) => {
  // The value is in a page of the table and in one of the index.
  const change = (file: Buffer) => file.fill('?', file.lastIndexOf('batch-000001/3/'), file.lastIndexOf('/3/'))
  assert.equal(await judge(t, rightBatch(1), 1, change), 'broken')
})

test('broken: a page is zeroed', async (t) => {
  assert.equal(await judge(t, rightBatch(1), 1, (file) => file.fill(0, 4096, 8192)), 'broken')
})

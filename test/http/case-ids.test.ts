import assert from 'node:assert/strict'
import { test } from 'node:test'
import { caseIds } from './case-ids.js'
import { coveredIds, idsInTitles } from './covered-ids.js'
import { overriddenIds } from './overridden-ids.js'

test('every case of research is tried, or stands in the list of those that do not hold here', () => {
  const covered = coveredIds()
  const unanswered = caseIds.filter((id) => !covered.has(id) && !(id in overriddenIds))
  assert.deepEqual(unanswered, [], 'neither tried nor overridden')
  const both = Object.keys(overriddenIds).filter((id) => covered.has(id))
  assert.deepEqual(both, [], 'tried and overridden')
})

test('only cases that exist are overridden, each with a reason', () => {
  assert.equal(new Set(caseIds).size, caseIds.length)
  for (const [id, reason] of Object.entries(overriddenIds)) {
    assert.ok(caseIds.includes(id), `there is no case ${id}`)
    assert.ok(reason.length > 20, `the reason of ${id} says nothing`)
  }
})

test('ids are found where titles name them, and nowhere else', () => {
  const source = [
    `it('K10: allow and exclude', () => {`,
    'it(`S2, S4: a plugin`, () => {',
    `test("says nothing (S5, F-02)", async () => {`,
    `// K11: no title`,
    `it('a title without any', () => assert.equal(1, 1))`,
  ]
  assert.deepEqual(idsInTitles(source.join('\n')), ['K10', 'S2', 'S4', 'S5', 'F-02'])
})

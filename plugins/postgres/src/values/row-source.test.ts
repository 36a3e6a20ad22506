import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import { readRowRuns } from './row-source.js'

// U+0000 as JSON writes it, and the six characters that look like it behind a backslash of their own.
const nul = String.raw`"\u0000"`
const noNul = String.raw`"\\u0000"`

const read = (json: string, onSearch: () => void = () => {}): unknown => {
  const body = Buffer.from(json)
  const indexOf = body.indexOf.bind(body) as (text: string, from: number) => number
  body.indexOf = (text: unknown, from: unknown) => {
    onSearch()
    return indexOf(text as string, from as number)
  }
  return readRowRuns(body, 2, (name) => column(name === 'j' ? 'json' : 'text'))
}

const column = (kind: 'text' | 'json'): PostgresColumn =>
  ({ name: kind, kind, sqlType: kind, modifier: -1 }) as PostgresColumn

test('a body without U+0000 is searched for it once, however many texts it holds', () => {
  let searches = 0
  read(
    JSON.stringify(Array.from({ length: 1000 }, (_, id) => ({ a: `text ${id}`, b: 'more', j: ['x'] }))),
    () => searches++,
  )
  assert.equal(searches, 1)
})

test('U+0000 is found wherever it is', () => {
  for (const rows of [
    `[{"a":${nul}},{"a":"x"}]`,
    `[{"a":"x"},{"a":"y","b":${nul}}]`,
    `[{"a":${noNul}},{"a":${noNul},"b":"x"},{"a":${nul}}]`,
    `[{"a":"x"},{"j":{"k":[${nul}]}}]`,
    `[{"j":[${noNul}]},{"j":[${noNul},${nul}]}]`,
    `[{"j":[${noNul}],"a":${nul}}]`,
  ]) {
    assert.throws(() => read(rows), { reason: 'bad_value' }, rows)
    assert.doesNotThrow(() => read(rows.replaceAll(nul, noNul)), rows)
  }
})

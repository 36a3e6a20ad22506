import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CsvError, parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { ApiError } from '../errors.js'
import { readCsv } from './read-csv.js'

const rowsOf = (text: string) => {
  const { names, rows } = readCsv(Buffer.from(text))
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [names[index], cell])))
}
const problemOf = (text: string): string | undefined => {
  try {
    rowsOf(text)
    return undefined
  } catch (error) {
    assert.ok(error instanceof ApiError)
    return error.detail
  }
}

test('cells are texts, empty ones NULL, and quotes keep everything', () => {
  assert.deepEqual(rowsOf('a,b\r\n1,\r\n"",""\r\n'), [
    { a: '1', b: null },
    { a: '', b: '' },
  ])
  assert.deepEqual(rowsOf('a\n"x,""y""\n\r\nz"\n'), [{ a: 'x,"y"\n\r\nz' }])
})

test('lines end as files end them, empty ones are skipped, a mark of the byte order too', () => {
  for (const end of ['\n', '\r\n', '\r'])
    assert.deepEqual(rowsOf(['a', '1', '', '2'].join(end)), [{ a: '1' }, { a: '2' }])
  assert.deepEqual(rowsOf('\ufeff\n\na\n1'), [{ a: '1' }])
})

test('what is wrong is named with its line', () => {
  const problems: [string, RegExp][] = [
    ['', /names of columns/],
    ['a\n"x', /ends the cell, in line 2/],
    ['a\n"x\n\n"\ny"', /stand in quotes, in line 5/],
    ['a\n"x"y\n', /comma or the end of the line.*line 2/],
    ['a\nx\ry\n', /stand in quotes, in line 2/],
    ['a,b\n1\n', /2 cells, got 1, in line 2/],
    ['a\n\n1,2\n', /at most 1 cells, in line 3/],
    ['a,b,a\n', /"a" occurs twice/],
    [`a${',b'.repeat(1000)}`, /at most 1000 cells, in line 1/],
  ]
  for (const [text, problem] of problems) assert.match(problemOf(text) ?? '', problem, JSON.stringify(text))
})

test('a whole library reads the same, or refuses too', () => {
  const words = fc.constantFrom('a', 'b', '1', ',', '"', '""', '\n', ' ', 'x y', '","', '"\n')
  // The library takes the first line end that it sees for that of the whole file.
  const texts = fc
    .tuple(fc.array(words, { maxLength: 30 }), fc.constantFrom('\n', '\r\n'))
    .map(([list, lineEnd]) => `k,l${lineEnd}${list.join('').replaceAll('\n', lineEnd)}`)
  let read = 0
  fc.assert(
    fc.property(texts, (text) => {
      const expected = byLibrary(text)
      if (expected === undefined) return assert.ok(problemOf(text))
      read++
      assert.deepEqual(readCsv(Buffer.from(text)).rows, expected)
    }),
    { numRuns: 3000 },
  )
  assert.ok(read > 100, `${read} texts were read`)
})

const byLibrary = (text: string): (string | null)[][] | undefined => {
  try {
    const cast = (cell: string, { quoting }: { quoting: boolean }) => (cell === '' && !quoting ? null : cell)
    return (parse(Buffer.from(text), { bom: true, skip_empty_lines: true, cast }) as (string | null)[][]).slice(1)
  } catch (error) {
    assert.ok(error instanceof CsvError)
    return undefined
  }
}

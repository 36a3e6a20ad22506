import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ApiError } from '../errors.js'
import { CsvEncoder } from './csv-encoder.js'

describe('CsvEncoder', () => {
  it('takes its columns from the first row', () => {
    assert.equal(encode(undefined, '{"k":"a","v":"one","n":9007199254740993}'), 'k,v,n\r\na,one,9007199254740993\r\n')
  })

  it('takes its columns from the request, whatever order the rows have', () => {
    assert.equal(encode(['b', 'a'], '{"a":1,"b":2},{"b":3}'), 'b,a\r\n2,1\r\n3,\r\n')
  })

  it('writes the header once, over any number of chunks', () => {
    assert.equal(encode(undefined, '{"a":1}', '{"a":2},{"a":3}'), 'a\r\n1\r\n2\r\n3\r\n')
  })

  it('writes the header of an empty result when it knows the columns', () => {
    assert.equal(encode(['id', 'name']), 'id,name\r\n')
    assert.equal(encode(undefined), '')
  })

  it('keeps the digits of numbers', () => {
    const digits = '123456789012345678901234567890.10'
    assert.equal(encode(undefined, `{"n":${digits},"e":1E+2,"z":-0.0}`), `n,e,z\r\n${digits},1E+2,-0.0\r\n`)
  })

  it('tells NULL from an empty text', () => {
    assert.equal(encode(undefined, '{"a":null,"b":"","c":true,"d":false}'), 'a,b,c,d\r\n,"",true,false\r\n')
  })

  it('does not write an empty line for a row of one NULL', () => {
    assert.equal(encode(['a'], '{"a":null},{}'), 'a\r\n""\r\n""\r\n')
  })

  it('writes nested values as their text', () => {
    assert.equal(encode(undefined, '{"o":{"b": 1.0,"a":[ "x" ]}}'), 'o\r\n"{""b"": 1.0,""a"":[ ""x"" ]}"\r\n')
  })

  it('keeps a spreadsheet from running texts, and leaves numbers alone', () => {
    const rows = '{"a":"=1+1","b":"+1","c":"-1","d":"@x","e":"\\t=","f":"\\r=","g":-1,"h":"a=b"}'
    assert.equal(encode(undefined, rows), "a,b,c,d,e,f,g,h\r\n'=1+1,'+1,'-1,'@x,'\t=,\"'\r=\",-1,a=b\r\n")
    assert.equal(encode(undefined, '{"=cmd()":1}'), "'=cmd()\r\n1\r\n")
  })

  it('refuses rows with members for which there is no column', () => {
    assert.throws(() => encode(undefined, '{"a":1}', '{"a":1,"b":2}'), isPluginError)
    assert.throws(() => encode(['a'], '{"b":2}'), isPluginError)
  })

  it('refuses what is no JSON', () => {
    assert.throws(() => encode(undefined, '{"a":tru}'), isPluginError)
    assert.throws(() => encode(undefined, '{"a":1,"a":2}'), isPluginError)
  })

  it('is read back by a reader of RFC 4180', () => {
    fc.assert(
      fc.property(tables, ({ columns, rows }) => {
        const [header, ...records] = readCsv(
          encode(columns, ...rows.map((row) => JSON.stringify(objectOf(columns, row)))),
        )
        assert.deepEqual(header, columns.map(guarded))
        assert.deepEqual(
          records,
          rows.map((row) => row.map(expectedCell)),
        )
      }),
    )
  })

  it('writes plain rows as it writes those that it has to decode', () => {
    fc.assert(
      fc.property(tables, ({ columns, rows }) => {
        const texts = rows.map((row) => JSON.stringify(objectOf(columns, row)))
        const decoded = texts.map((text) => text.replace('{', '{ '))
        assert.equal(
          encode(undefined, ...texts, texts.join(',') || '{}'),
          encode(undefined, ...decoded, decoded.join(',') || '{}'),
        )
      }),
    )
  })
})

type Value = string | number | boolean | null

const columnNames = fc.uniqueArray(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), { minLength: 1, maxLength: 5 })
const values: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '=', '-', ' ', 'a', '\t', "'") }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const tables = columnNames.chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(values, { minLength: columns.length, maxLength: columns.length }), { maxLength: 6 }),
  }),
)

const objectOf = (columns: readonly string[], row: readonly Value[]): object =>
  Object.fromEntries(columns.map((column, index) => [column, row[index]]))

const guarded = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

const expectedCell = (value: Value): string =>
  value === null ? '' : typeof value === 'string' ? guarded(value) : String(value)

/** RFC 4180 section 2 and nothing else: fields in quotes or without any, CRLF behind every record. */
const readCsv = (text: string): string[][] => {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  const records: string[][] = [[]]
  while (field.lastIndex < text.length) {
    const match = field.exec(text)
    if (match === null) throw new Error(`no CSV: ${JSON.stringify(text)}`)
    records.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!)
    if (match[3] === '\r\n') records.push([])
  }
  return records.slice(0, -1)
}

const encode = (columns: readonly string[] | undefined, ...chunks: string[]): string => {
  const encoder = new CsvEncoder(columns)
  const pieces = chunks.flatMap((chunk) => [...encoder.encode(Buffer.from(chunk))])
  return Buffer.concat([...pieces, ...encoder.end()]).toString()
}

const isPluginError = (error: unknown): boolean => error instanceof ApiError && error.code === 'plugin_error'

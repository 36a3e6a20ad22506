import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import fc from 'fast-check'
import { compare, contextWith, TestDatabase } from './test-database.js'

const schema = `CREATE TABLE kinds (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC, yes BOOLEAN,
  day DATE, at TIMESTAMP, doc JSON, word UUID, anything)`

const numRuns = forRun(500, 10_000)

const open = (context: TestContext) => TestDatabase.create(context, schema)

/** What is read after a value was written, by the answer of the write and by a read of its own. */
const roundTrip = async (database: TestDatabase, name: string, json: string, timezone = 'UTC'): Promise<string> => {
  const context = contextWith({ timezone })
  const stored = await database.create('kinds', `[{"id":1,"${name}":${json}}]`, { context })
  const select = [{ kind: 'column', alias: 'v', column: name, cast: '' }] as const
  const read = await database.text('kinds', { select, context })
  await database.delete('kinds')
  const value = read.slice('[{"v":'.length, -'}]'.length)
  assert.ok(stored.rows!.includes(`"${name}":${value}`), `${stored.rows} and ${value}`)
  return value
}

test('each kind of value is answered in its canonical form', async (context) => {
  const database = await open(context)
  const cases: [string, string, string?][] = [
    ['i', '9007199254740993'],
    ['i', '-9223372036854775808'],
    ['i', '9223372036854775807'],
    ['i', '1.0', '1'],
    ['i', '1e3', '1000'],
    ['i', '"42"', '42'],
    ['i', 'null'],
    ['r', '5e-324'],
    ['r', '1e-17'],
    ['r', '0.30000000000000004'],
    ['r', '1.7976931348623157e308', '1.7976931348623157e+308'],
    ['r', '-0.9999999999999999'],
    ['r', '0.1'],
    ['r', '0.10', '0.1'],
    ['r', '3', '3'],
    ['r', '1E2', '100'],
    ['n', '12345678901234567', '12345678901234567'],
    ['n', '"19.99"', '19.99'],
    ['t', '"a\\u0000b\\ud83d\\ude00\\"\\\\\\n"', '"a\\u0000b😀\\"\\\\\\n"'],
    ['t', '""'],
    ['t', '"007"'],
    ['t', '"\ufeffx"'],
    ['t', '"\ufffd"'],
    ['b', '""'],
    ['b', '"AP8="'],
    ['yes', 'true'],
    ['yes', 'false'],
    ['yes', '1', 'true'],
    ['yes', '"FALSE"', 'false'],
    ['day', '"2024-02-29"'],
    ['at', '"2024-06-01T12:00:00Z"', '"2024-06-01T12:00:00+00:00"'],
    ['at', '"2024-06-01T12:00:00.1230+02:00"', '"2024-06-01T10:00:00.123+00:00"'],
    ['at', '"2024-06-01 12:00"', '"2024-06-01T12:00:00+00:00"'],
    ['at', '"0001-01-01"', '"0001-01-01T00:00:00+00:00"'],
    ['doc', '{"a": [1, 2.50, "x"], "b": 12345678901234567890123}'],
    ['doc', '"text"'],
    ['doc', '"5"'],
    ['doc', '5'],
    ['doc', 'true'],
    ['doc', '[]'],
    ['doc', '[1,\n2]', '[1, 2]'],
    ['word', '"550e8400-e29b-41d4-a716-446655440000"'],
    ['word', '5'],
    ['word', '"5"', '5'],
    ['anything', '"5"'],
    ['anything', '5'],
    ['anything', '1.5'],
    ['anything', '"a\\u0000b"'],
  ]
  for (const [name, written, read = written] of cases) {
    assert.equal(await roundTrip(database, name, written), read, `${name} ${written}`)
  }
})

test('what a column cannot hold exactly is refused by name, and nothing is written', async (context) => {
  const database = await open(context)
  const cases: [string, string][] = [
    ['i', '"abc"'],
    ['i', '1.5'],
    ['i', '9223372036854775808'],
    ['i', '1e19'],
    ['i', '""'],
    ['i', '{}'],
    ['r', '1e400'],
    ['r', '-1e400'],
    ['r', '0.1000000000000000055511151231257827'],
    ['r', '9007199254740993'],
    ['r', '1e-400'],
    ['r', '"NaN"'],
    ['r', '"Infinity"'],
    ['r', 'true'],
    ['n', '"abc"'],
    ['n', '123456789012345678901'],
    ['t', '5'],
    ['t', 'true'],
    ['t', '[]'],
    ['b', '"not base64!"'],
    ['b', '"AP8"'],
    ['b', '"AP9="'],
    ['b', '5'],
    ['yes', '2'],
    ['yes', '"yes"'],
    ['day', '"2024-02-30"'],
    ['day', '"soon"'],
    ['at', '"2024-13-01T00:00:00Z"'],
    ['at', '"2024-01-01T24:00:00Z"'],
    ['at', '"soon"'],
    ['doc', '12345678901234567890123'],
    ['word', '"007"'],
    ['word', '"1e3"'],
    ['anything', '{}'],
  ]
  for (const [name, json] of cases) {
    await assert.rejects(
      database.create('kinds', `[{"t":"first"},{"${name}":${json}}]`),
      { reason: 'bad_value' },
      `${name} ${json}`,
    )
    await assert.rejects(
      database.create('kinds', `[{"${name}":${json}}]`),
      { details: { column: name } },
      `${name} ${json}`,
    )
  }
  assert.equal(await database.text('kinds'), '[]')
})

test('any value that is written is read back the same', async (context) => {
  const database = await open(context)
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\0', '\ufffd', '"', '\\', 'é', '😀'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  })
  const double = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ noNaN: true, min: -1e-15, max: 1e-15 }),
    fc.constantFrom(5e-324, 1e-17, 0.1 + 0.2, -(1 - 2 ** -53), Number.MAX_VALUE, 2 ** 53),
  )
  const value = fc.record({
    i: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    r: fc.option(double),
    t: fc.option(text),
    b: fc.option(fc.uint8Array()),
    anything: fc.option(text),
    yes: fc.option(fc.boolean()),
    doc: fc.option(fc.jsonValue().filter((json) => json !== null && typeof json !== 'number')),
  })
  await fc.assert(
    fc.asyncProperty(value, async ({ i, r, t, b, anything, yes, doc }) => {
      const members = [
        '"id":1',
        `"i":${i}`,
        `"r":${r === null ? null : String(r)}`,
        `"t":${JSON.stringify(t)}`,
        `"b":${b === null ? null : JSON.stringify(Buffer.from(b).toString('base64'))}`,
        `"anything":${JSON.stringify(anything)}`,
        `"yes":${yes}`,
        `"doc":${JSON.stringify(doc)}`,
      ]
      await database.delete('kinds')
      await database.create('kinds', `[{${members.join(',')}}]`)
      const text = await database.text('kinds')
      const read = JSON.parse(text)[0]
      assert.equal(/"i":([^,]*),/.exec(text)?.[1], String(i))
      // SQLite keeps no sign of zero.
      assert.ok(Object.is(read.r, r === null ? null : r === 0 ? 0 : r), `${r} became ${read.r}`)
      assert.equal(read.t, t)
      assert.equal(read.anything, anything)
      assert.equal(read.b, b === null ? null : Buffer.from(b).toString('base64'))
      assert.equal(read.yes, yes)
      assert.equal(JSON.stringify(read.doc), JSON.stringify(doc))
      if (t !== null) assert.equal((await database.rows('kinds', { where: compare('t', 'eq', t) })).length, 1)
      if (r !== null) assert.equal((await database.rows('kinds', { where: compare('r', 'eq', String(r)) })).length, 1)
    }),
    { numRuns },
  )
})

test('a timestamp is the same instant in every timezone', async (context) => {
  const database = await open(context)
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/St_Johns',
    'Asia/Kathmandu',
    '+05:30',
    '-11:00',
    'Pacific/Apia',
  )
  const instant = fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true })
  await fc.assert(
    fc.asyncProperty(instant, zone, zone, async (date, writer, reader) => {
      const written = await roundTrip(database, 'at', JSON.stringify(date.toISOString()), writer)
      assert.equal(Date.parse(JSON.parse(written)), date.getTime())
      const read = JSON.parse(await roundTrip(database, 'at', written, reader))
      assert.equal(Date.parse(read), date.getTime())
      const local = read.slice(0, 19)
      const again = JSON.parse(await roundTrip(database, 'at', JSON.stringify(read), reader))
      assert.equal(again.slice(0, 19), local)
    }),
    { numRuns },
  )
})

test('a timestamp without a zone is in the timezone of the request', async (context) => {
  const database = await open(context)
  assert.equal(await roundTrip(database, 'at', '"2024-06-01T12:00:00"', 'Europe/Berlin'), '"2024-06-01T12:00:00+02:00"')
  assert.equal(await roundTrip(database, 'at', '"2024-01-01T12:00:00"', 'Europe/Berlin'), '"2024-01-01T12:00:00+01:00"')
  await assert.rejects(roundTrip(database, 'at', '"2024-01-01"', 'Mars/Olympus'), { reason: 'bad_value' })
})

test('timestamps are written and compared in the form that the column has', async (context) => {
  const forms = [
    ['2024-06-01 12:00:00', '2024-06-01 12:30:00'],
    ['2024-06-01T12:00:00', '2024-06-01T12:30:00'],
    ['2024-06-01T12:00:00Z', '2024-06-01T12:30:00Z'],
    ['2024-06-01T12:00:00.000Z', '2024-06-01T12:30:00.000Z'],
    ['2024-06-01T12:00:00+00:00', '2024-06-01T12:30:00+00:00'],
  ]
  const tables = forms.map(
    ([first], index) => `CREATE TABLE t${index} (at DATETIME); INSERT INTO t${index} VALUES ('${first}');`,
  )
  const database = await TestDatabase.create(context, tables.join(''))
  const berlin = contextWith({ timezone: 'Europe/Berlin' })
  for (const [index, form] of forms.entries()) {
    const table = `t${index}`
    await database.create(table, [{ at: '2024-06-01T14:30:00+02:00' }])
    assert.deepEqual(
      database.other.all({ text: `SELECT at FROM ${table} ORDER BY rowid`, parameters: [] }),
      form.map((at) => [at]),
    )
    const where = compare('at', 'gt', '2024-06-01T14:00:00')
    assert.deepEqual(await database.values(table, 'at', { where, context: berlin }), ['2024-06-01T14:30:00+02:00'])
  }
})

test('values of another type than the column says are answered as what they are', async (context) => {
  const database = await open(context)
  database.other.exec(`INSERT INTO kinds (i, r, yes, at, doc, day, t) VALUES
    ('abc', 'x' || char(0) || 'y', 7, 'soon', '{bad', 20240101, 5),
    (1.5, NULL, 'maybe', 1700000000, '{"a":1}', 'x', x'6162'),
    (9e999, -9e999, 2.5, '2024-01-01', '[1', NULL, NULL)`)
  assert.equal(
    await database.text('kinds', {
      select: ['i', 'r', 'yes', 'at', 'doc', 'day', 't'].map((name) => ({
        kind: 'column',
        alias: name,
        column: name,
        cast: '',
      })),
    }),
    '[{"i":"abc","r":"x\\u0000y","yes":7,"at":"soon","doc":"{bad","day":20240101,"t":"5"},' +
      '{"i":1.5,"r":null,"yes":"maybe","at":1700000000,"doc":{"a":1},"day":"x","t":"YWI="},' +
      '{"i":null,"r":null,"yes":2.5,"at":"2024-01-01T00:00:00+00:00","doc":"[1","day":null,"t":null}]',
  )
})

test('text that is not UTF-8 is mended on output', async (context) => {
  const database = await open(context)
  database.other.exec(`INSERT INTO kinds (t, anything) VALUES
    (CAST(x'61FF62' AS TEXT), CAST(x'C3' AS TEXT)), (CAST(x'FF0061' AS TEXT), CAST(x'EDA080' AS TEXT)), ('fine', 'too')`)
  const rows = await database.rows('kinds')
  assert.deepEqual(
    rows.map(({ t }) => t),
    ['a\ufffdb', '\ufffd\0a', 'fine'],
  )
  assert.equal(rows[0]!.anything, '\ufffd')
  assert.match(String(rows[1]!.anything), /^\ufffd+$/)
})

test('strict tables keep their types', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE s (i INT, t TEXT, a ANY, b BLOB, r REAL) STRICT')
  await database.create('s', '[{"i":9007199254740993,"t":"007","a":"007","b":"AA==","r":0.1}]')
  assert.equal(await database.text('s'), '[{"i":9007199254740993,"t":"007","a":"007","b":"AA==","r":0.1}]')
})

test('long values', async (context) => {
  const database = await open(context)
  const long = 'é'.repeat(1 << 20)
  const blob = Buffer.alloc(1 << 20, 7).toString('base64')
  await database.create('kinds', [{ t: long, b: blob }])
  const [row] = await database.rows('kinds')
  assert.ok(row!.t === long && row!.b === blob)
})

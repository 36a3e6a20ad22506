import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { anyAdminPort, metric } from '../support/admin.js'
import type { HttpAnswer } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { type SqliteFile, sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'

describe('Walking the links to the next page', () => {
  let database: SqliteFile
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: (directory) => {
        database = sqliteFile(directory.file('test.db'), schema)
        return { admin: anyAdminPort, plugins: { t: { uri: database.uri, path: sqlitePlugin() } } }
      },
    })
  })
  after(async () => {
    database?.close()
    await server?.stop()
  })

  it('gives every row once, in order, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(thing, { maxLength: 25 }), ordering, limits, async (things, order, limit) => {
        database.reset(insertAll(things, 1))
        const rows = await walk(target(order, limit))
        assert.deepEqual(rows, await everything(order))
        assert.equal(rows.length, things.length)
      }),
      { numRuns: 80 },
    )
  })

  it('gives every row that is there throughout once, in order, while others come and go', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(thing, { minLength: 5, maxLength: 20 }),
        fc.array(thing, { minLength: 5, maxLength: 15 }),
        ordering,
        limits,
        async (staying, passing, order, limit) => {
          database.reset(insertAll(staying, 1))
          const expected = await everything(order)
          // Also the last row of a page goes.
          database.exec(insertAll(passing.slice(0, 3), firstPassing))
          let page = 0
          const rows = await walk(target(order, limit), () => {
            database.exec(`DELETE FROM things WHERE id >= ${firstPassing}`)
            // Rows that always come behind the last one would make the walk endless.
            if (++page < 10)
              database.exec(insertAll(passing.slice(page % passing.length).slice(0, 3), firstPassing + page))
          })
          assert.deepEqual(rows.filter(isStaying), expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('does so while a page is being read, too', async () => {
    const values = ['1', '2', 'NULL'].map((a) => plain.replace(/^1/, a))
    const staying = Array.from({ length: 40 }, (_, index) => values[index % 3]!)
    database.reset(insertAll(staying, 1))
    const expected = await everything('a.desc')
    let written = 0
    const writing = setInterval(() => {
      database.exec(`BEGIN; DELETE FROM things WHERE id >= ${firstPassing} AND id % 2 = ${++written % 2};
        ${insertAll(values, firstPassing + 4 * (written % 5)).replaceAll('INSERT', 'INSERT OR REPLACE')} COMMIT`)
    }, 1)
    const clear = setInterval(() => database.exec(`DELETE FROM things WHERE id >= ${firstPassing}`), 4)
    try {
      for (let round = 0; round < 15; round++) {
        assert.deepEqual((await walk(target('a.desc', 3))).filter(isStaying), expected)
      }
    } finally {
      clearInterval(writing)
      clearInterval(clear)
    }
    assert.ok(written > 15, `${written} writes`)
  })

  it('loses rows when the page is counted by offset instead (control)', async () => {
    database.reset(insertAll([plain, plain, plain, plain], 1))
    const first = (await get('/api/t/things/?ordering=id&limit=2')).json() as Row[]
    database.exec('DELETE FROM things WHERE id = 1')
    const second = (await get('/api/t/things/?ordering=id&limit=2&offset=2')).json() as Row[]
    assert.deepEqual(
      [...first, ...second].map(({ id }) => id),
      [1, 2, 4],
    )
  })

  it('goes by a primary key of several columns', async () => {
    const pairs = fc.uniqueArray(fc.tuple(text, fc.integer({ min: -3, max: 3 })), {
      selector: ([x, y]) => `${x} ${y}`,
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(pairs, limits, async (rows, limit) => {
        database.reset(rows.map(([x, y]) => `INSERT INTO pairs VALUES (${literal(x)}, ${y}, ${y % 2});`).join('\n'))
        const order = 'v.desc,x.desc'
        const all = (await get(`/api/t/pairs/?ordering=${order},y`)).json()
        assert.deepEqual(await walk(`/api/t/pairs/?ordering=${order}&limit=${limit}`), all)
      }),
      { numRuns: 30 },
    )
  })

  it('asks for the schema once a second, and not for each page', async () => {
    database.reset(
      insertAll(
        Array.from({ length: 40 }, () => plain),
        1,
      ),
    )
    const calls = () => metric(server, 'easyrest_plugin_calls_total{connection="t",outcome="ok"}')
    const [before, started] = [await calls(), performance.now()]
    let pages = 0
    await walk('/api/t/things/?ordering=a&limit=2', () => {
      pages++
    })
    const seconds = Math.ceil((performance.now() - started) / 1000)
    assert.equal(pages, 20)
    // Each page is a read and a look behind it.
    const others = (await calls()) - before - 2 * pages
    assert.ok(others <= 1 + seconds, `${others} other calls in ${seconds} s`)
  })

  it('refuses to go on where it could not: the end is never pretended', async () => {
    // An infinite number is answered as null, and a timestamp in an unusual form as if it were in the usual one.
    for (const value of ['c = 9e999', "d = '2024-06-01 12:00:00.500000'", "a = 'word'"]) {
      database.reset(`${insertAll([plain, plain, plain], 1)} UPDATE things SET ${value}`)
      const answer = await get(`/api/t/things/?ordering=${value[0]}&limit=2`)
      const { code, detail } = answer.json() as { code: string; detail: string }
      assert.deepEqual([answer.status, code], [501, 'unsupported'], value)
      assert.match(detail, /by its values of [acd], id$/)
    }
    // A row that comes behind what is told of it would be the first of the next page again.
    for (const order of ['d', 'd.desc']) {
      database.reset(
        `${insertAll([plain, plain, plain], 1)} UPDATE things SET d = '2024-06-01 12:00:0' || id || '.500'`,
      )
      assert.equal((await get(`/api/t/things/?ordering=${order}&limit=2`)).status, 501, order)
    }
  })

  it('takes a cursor for its own read only, and another size of the page', async () => {
    database.reset(insertAll([plain, plain, plain, plain], 1))
    const link = linkOf(await get('/api/t/things/?select=id&where.gt.id=0&ordering=a&limit=1&format=json'))!
    assert.deepEqual((await get(link)).json(), [{ id: 2 }])
    assert.equal((await get(link)).header('content-range'), undefined)
    const counted = await server.request(link, { headers: [authorization(), ['Prefer', 'count=exact']] })
    assert.deepEqual([counted.status, counted.header('content-range')], [200, undefined])
    assert.match(counted.header('link')!, /cursor=/)
    assert.deepEqual((await get(link.replace('limit=1', 'limit=3'))).json(), [{ id: 2 }, { id: 3 }, { id: 4 }])
    assert.deepEqual((await get(link.replace('&limit=1', ''))).json(), [{ id: 2 }, { id: 3 }, { id: 4 }])
    assert.equal((await get(link.replace('format=json', 'format=csv'))).text(), 'id\r\n2\r\n')
    for (const [own, other] of [
      ['ordering=a', 'ordering=-a'],
      ['ordering=a', 'ordering=a.nullsfirst'],
      ['ordering=a&', ''],
      ['select=id', 'select=id,a'],
      ['gt.id=0', 'gt.id=1'],
      ['gt.id=0', 'gte.id=0'],
      ['/things/', '/pairs/'],
      ['cursor=', 'cursor=A'],
      [/\.[\w-]+$/, '.WzFd'],
      [/\.[\w-]+$/, '.W10'],
      [/\.[\w-]+$/, '.e30'],
    ] as const) {
      const answer = await get(link.replace(own, other))
      const { code } = answer.json() as { code: string }
      // Without columns that the other table has, the plugin cannot even be asked.
      assert.ok(answer.status === 400 && /^(bad_parameter|unknown_column)$/.test(code), `${other}: ${answer.text()}`)
    }
  })

  it('adds its condition to those of the client: a forged cursor shows no row that they hide', async () => {
    database.reset(insertAll([plain, plain, plain, plain], 1))
    const link = linkOf(await get('/api/t/things/?select=id&where.gt.id=2&limit=1'))!
    const forged = link.replace(/\.[\w-]+$/, `.${Buffer.from('[0]').toString('base64url')}`)
    assert.deepEqual((await get(forged)).json(), [{ id: 3 }])
  })

  interface Row {
    readonly id: number
  }

  const isStaying = ({ id }: Row): boolean => id < firstPassing

  async function everything(order: string): Promise<Row[]> {
    return (await get(`/api/t/things/?ordering=${order === '' ? 'id' : `${order},id`}`)).json() as Row[]
  }

  async function walk(start: string, between = () => {}): Promise<Row[]> {
    const rows: Row[] = []
    let next: string | undefined = start
    for (let page = 0; next !== undefined; page++) {
      assert.ok(page < 100, 'the links end')
      const answer = await get(next)
      assert.equal(answer.status, 200, answer.text())
      rows.push(...(answer.json() as Row[]))
      next = linkOf(answer)
      between()
    }
    return rows
  }

  function get(url: string): Promise<HttpAnswer> {
    return server.request(url, { headers: [authorization(), ['Prefer', 'paging=keyset']] })
  }
})

const linkOf = (answer: HttpAnswer): string | undefined => {
  const link = answer.header('link')
  return link === undefined ? undefined : /^<([^>]*)>; rel="next"$/.exec(link)![1]!
}

const target = (order: string, limit: number): string =>
  `/api/t/things/?limit=${limit}${order === '' ? '' : `&ordering=${order}`}`

const schema = `PRAGMA journal_mode = WAL;
CREATE TABLE things (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c REAL, d TIMESTAMP, e BOOLEAN, f TEXT COLLATE NOCASE,
  g BIGINT NOT NULL, h BLOB, i DATE, j DECIMAL(20,2));
CREATE TABLE pairs (x TEXT NOT NULL, y INTEGER NOT NULL, v INTEGER, PRIMARY KEY (x, y));`

const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']
const firstPassing = 1000

const text = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'ä', ' a', "'", '"', '%', 'a&b=c', 'null', '\u0000', '5'),
  fc.string(),
)
const orNull = (values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant('NULL') }, { weight: 3, arbitrary: values })
const literal = (value: string): string => `CAST(X'${Buffer.from(value).toString('hex')}' AS TEXT)`

/** The SQL of the values of a row, without its id; few different ones, so that there are ties. */
const thing = fc
  .tuple(
    orNull(fc.constantFrom('1', '2', '-1', '9223372036854775807')),
    orNull(text.map(literal)),
    orNull(
      fc.oneof(
        fc.constantFrom('0.1', '1e300', '-0.0', '1'),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      ),
    ),
    orNull(fc.constantFrom("'2024-06-01 12:00:00'", "'2024-06-01 12:00:00.123'", "'1999-12-31 23:59:59'")),
    orNull(fc.constantFrom('0', '1')),
    orNull(fc.constantFrom("'x'", "'X'", "'y'")),
    fc.constantFrom('9007199254740993', '9007199254740992', '0', '-9223372036854775808'),
    orNull(fc.constantFrom("X'00'", "X'ff00'", "X''")),
    orNull(fc.constantFrom("'2024-06-01'", "'2023-01-31'")),
    orNull(fc.constantFrom('1.25', '100', '-3.5')),
  )
  .map((values) => values.join(', '))

const plain = "1, 'b', 0.5, '2024-06-01 12:00:00', 1, 'f', 7, X'00', '2024-06-01', 1.25"

const insertAll = (things: readonly string[], firstId: number): string =>
  things.map((values, index) => `INSERT INTO things VALUES (${firstId + index}, ${values});`).join('\n')

const ordering = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom(...columns), fc.constantFrom('', '.asc', '.desc', '.nullsfirst', '.desc.nullslast')),
    {
      selector: ([column]) => column,
      maxLength: 3,
    },
  )
  .map((terms) => terms.map(([column, words]) => column + words).join(','))

const limits = fc.integer({ min: 1, max: 7 })

import { DatabaseSync } from '@photostructure/sqlite'
import { row } from './rows.mjs'

/** `items` with 10,000 rows to read, `added` of the same shape and empty for what is inserted. */
export const makeItemsDatabase = (file) =>
  make(file, (database) => {
    const insert = database.prepare('INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)')
    for (let id = 1; id <= itemCount; id++) insert.run(...Object.values(row(id)))
  })

/** `rows`, of which 500,000 are some 48 MB of JSON. */
export const makeRowsDatabase = (file, count) =>
  make(file, (database) => {
    database.exec(`INSERT INTO rows
      SELECT value, printf('row %07d', value), value * 0.25, value % 1000, printf('some text about row %d', value)
      FROM (WITH RECURSIVE counter(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM counter WHERE value < ${count})
        SELECT value FROM counter)`)
  })

export const itemCount = 10_000

const make = (file, fill) => {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA synchronous=OFF; BEGIN; ${schema}`)
  fill(database)
  database.exec('COMMIT; ANALYZE; PRAGMA journal_mode=WAL;')
  database.close()
}

const itemColumns = 'id INTEGER PRIMARY KEY, name TEXT, price REAL, quantity INTEGER, created DATETIME, note TEXT'

const schema = `
CREATE TABLE items (${itemColumns});
CREATE TABLE added (${itemColumns});
CREATE TABLE rows (id INTEGER PRIMARY KEY, name TEXT, amount REAL, quantity INTEGER, note TEXT);
`

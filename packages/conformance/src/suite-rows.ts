import type { ColumnUse, Seed } from './seed.js'

/** A row of the suite: use -> JSON text of its value. A column without a value here is left to the database. */
export type SuiteRow = Readonly<Partial<Record<ColumnUse | 'key', string>>>

/**
 * What the table holds when a check begins. Texts differ in case, wildcards, quotes and accents; numbers hold duplicates,
 * a negative and one beyond 2^53; row 7 is NULL wherever it may be.
 */
export const suiteRows: readonly SuiteRow[] = [
  row(1, 'apple', '10', '1.50', '0.1', 'true', 'AP8=', '2024-01-01', '2024-01-01T00:30:00Z'),
  row(2, 'Banana', '20', '2.25', '-2.5', 'false', 'AQ==', '2024-02-29', '2024-06-01T12:00:00Z'),
  row(3, 'cherry%', '20', '10.00', '1e300', 'true', 'Ag==', '2023-12-31', '2024-06-01T12:00:00.5Z'),
  row(4, 'd_te', '30', '-3.75', '3', 'false', 'Aw==', '1999-12-31', '1999-12-31T23:59:59Z'),
  row(5, 'élan', '-5', '0.10', '5e-324', 'true', 'BA==', '2024-03-01', '2024-03-31T01:30:00Z'),
  row(6, '', '0', '0.00', '0', 'false', '', '2000-01-01', '2000-01-01T00:00:00Z'),
  { key: '7', text: 'null', integer: 'null', unique: '"u7"', required: '"r7"', check: '7' },
  row(
    8,
    'O\'Brien "x", \\ (back)',
    '9007199254740993',
    '99.99',
    '0.30000000000000004',
    'true',
    'BQ==',
    '2024-12-31',
    '2024-10-27T00:30:00Z',
  ),
]

/** A new row for a check to write; `changes` replace or add members. */
export const suiteRow = (key: number, changes: SuiteRow = {}): SuiteRow => ({
  key: String(key),
  text: '"new"',
  integer: '1',
  unique: `"u${key}"`,
  required: `"r${key}"`,
  check: String(key),
  ...changes,
})

/** The bytes of a JSON array for TableCreate, with the columns that the seed has. */
export const rowBytes = (seed: Seed, rows: readonly SuiteRow[]): Buffer =>
  Buffer.from(`[${rows.map((row) => rowText(seed, row)).join(',')}]`)

/** One row as the text of a JSON object. */
export const rowText = (seed: Seed, row: SuiteRow): string =>
  `{${Object.entries(row)
    .flatMap(([use, json]) => {
      const column = use === 'key' ? seed.key : seed.columns[use as ColumnUse]
      return column === undefined ? [] : [`${JSON.stringify(column)}:${json}`]
    })
    .join(',')}}`

function row(
  key: number,
  text: string,
  integer: string,
  decimal: string,
  double: string,
  boolean: string,
  bytes: string,
  date: string,
  timestamp: string,
): SuiteRow {
  return {
    key: String(key),
    text: JSON.stringify(text),
    integer,
    decimal,
    double,
    boolean,
    bytes: JSON.stringify(bytes),
    date: JSON.stringify(date),
    timestamp: JSON.stringify(timestamp),
    local_timestamp: JSON.stringify(timestamp.replace('Z', '')),
    json: `{"n":${key},"tags":["a",null,true]}`,
    unique: `"u${key}"`,
    required: `"r${key}"`,
    check: String(key),
  }
}

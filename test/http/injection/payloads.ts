import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * What is put into every position: the Big List of Naughty Strings, as it is published, and every way out of a quotation
 * joined with every thing to say behind it and every way to silence the rest.
 */
export const payloads = (): string[] => [...worst, ...naughtyStrings(), ...combinations()]

/** As many, from all parts of the list; those that have broken most programs are always among them. */
export const samplePayloads = (count: number): string[] => {
  const all = payloads()
  const step = Math.max(1, (all.length - worst.length) / Math.max(1, count - worst.length))
  const rest = all.slice(worst.length)
  return [...worst, ...rest.filter((_, index) => Math.floor(index % step) === 0 && index % step < 1)]
}

const worst = [
  `' OR '1'='1`,
  `'; DROP TABLE users; --`,
  `"; DELETE FROM users; --`,
  `') UNION SELECT id, name, name FROM users --`,
  `1); UPDATE users SET name = 'x'; --`,
  `\\'; DELETE FROM users; #`,
  `x' AND 1 = (SELECT count(*) FROM users) --`,
  `name" = "name`,
  '`; DELETE FROM users; -- `',
  `%27%3B DELETE FROM users; --`,
  `$1`,
  '?',
  `:id`,
  `'||(SELECT name FROM users LIMIT 1)||'`,
  `\u0000'; DELETE FROM users; --`,
]

const naughtyStrings = (): string[] =>
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve('big-list-of-naughty-strings'), 'utf8')) as string[]

const ways = [`'`, `"`, '`', ']', '', `')`, `'))`, `")`, `\\'`, `''`, '\u02bc', '\uff07', '%27', `1`, `x' `, '*/']
const sayings = [
  ' OR 1=1',
  ' OR name LIKE CHAR(37)',
  '; DROP TABLE users',
  '; DELETE FROM kinds',
  `; INSERT INTO users (name) VALUES ('injected')`,
  ' UNION SELECT 1, 2, 3',
  ' UNION ALL SELECT name, sql, 1 FROM sqlite_master',
  ' AND (SELECT count(*) FROM information_schema.tables) > 0',
  ' AND pg_sleep(9) IS NULL',
  ' AND sleep(9)',
  ` || (SELECT group_concat(name) FROM users) || `,
  '; ATTACH DATABASE CHAR(120) AS y',
  ' RETURNING *',
  ' GROUP BY 1 HAVING 1=1',
  ' LIMIT 0 OFFSET 1',
  ' COLLATE nothing',
]
const ends = ['', '--', ' -- ', '#', '/*', ';', '\u0000', `; --'`, `) --`]

const combinations = (): string[] =>
  ways.flatMap((way) => sayings.flatMap((saying) => ends.map((end) => way + saying + end)))

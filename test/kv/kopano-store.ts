import { DatabaseSync } from '@photostructure/sqlite'

export interface KopanoRow {
  readonly key: string
  readonly value: Uint8Array
  readonly type: string
  readonly owner: string
  readonly client: string
}

/** A file as Kopano's kvs leaves it (kv/migrations/sqlite3). */
export function kopanoStore(path: string, rows: readonly KopanoRow[]): void {
  const database = new DatabaseSync(path)
  database.exec(`CREATE TABLE kv (id INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, ekey TEXT NOT NULL,
    value BLOB NOT NULL, content_type TEXT NOT NULL, owner_id TEXT NOT NULL, client_id TEXT NOT NULL, realm TEXT NOT NULL,
    required_scopes TEXT NOT NULL)`)
  database.exec('CREATE UNIQUE INDEX index_on_kv ON kv (ekey, owner_id, realm)')
  const insert = database.prepare(
    "INSERT INTO kv (collection, ekey, value, content_type, owner_id, client_id, realm, required_scopes) VALUES (?, ?, ?, ?, ?, ?, 'user', '')",
  )
  for (const { key, value, type, owner, client } of rows) {
    insert.run(key.slice(0, Math.max(0, key.indexOf('/'))), key, value, type, owner, client)
  }
  database.close()
}

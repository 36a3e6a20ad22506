import type { DatabaseKind } from './database-kind.js'
import { mysql } from './kinds/mysql.js'
import { postgres } from './kinds/postgres.js'
import { sqlite } from './kinds/sqlite.js'

/** Every kind of database that transcripts run on; run-transcripts-<kind>.test.ts plays them on it. */
export const databaseKinds: readonly DatabaseKind[] = [sqlite, mysql, postgres]

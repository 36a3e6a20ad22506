import type { TemporaryDirectory } from '../support/temporary-directory.js'

/** A kind of database that transcripts run on. test/http/README.md says how one is added. */
export interface DatabaseKind {
  /** As it stands in `@only` and `@data.<kind>`, in answers, and in test/http/schema/<schema>.<kind>.sql. */
  readonly name: string
  /** Path of the plugin's program: named, so that no search can go astray. */
  plugin(): string
  /** Why this machine cannot have such a database; undefined: it can. With CI=true it is an Error instead. */
  missing?(): string | undefined
  /** Starts what all databases of the kind share. Called once, before the first of them is made. */
  open(): Promise<DatabaseMaker>
}

export interface DatabaseMaker {
  /** The connection that keeps caches, as an entry of the configuration; undefined: one to the same database. */
  readonly cache?: object
  /** A fresh database with the tables of this SQL text. Whoever asked closes it before the maker. */
  create(sql: string, directory: TemporaryDirectory): Promise<TestDatabase>
  close(): Promise<void>
}

export interface TestDatabase {
  /** As in the configuration of a connection. */
  readonly uri: string
  /**
   * Empties every table and runs the statements, in one transaction; generated keys go on behind the largest that the
   * statements named, or begin with 1.
   */
  reset(sql: string): Promise<void>
  close(): Promise<void>
}

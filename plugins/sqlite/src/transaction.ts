import type { TransactionEnd } from '@easyrest/protocol'
import type { Database } from './database.js'
import { SqliteFailure } from './sqlite-failure.js'

/**
 * Runs a write in a transaction of its own. Whatever it throws undoes it; so does a rollback asked for, after which the
 * result is what would have been. The write lock is taken first: a transaction that starts reading may fail later. Within
 * one it is a part of that, which ends as that ends.
 */
export const writeTransaction = <Result>(database: Database, end: TransactionEnd, work: () => Result): Result => {
  if (database.inTransaction) return work()
  return end === 'rollback'
    ? transaction(database, 'BEGIN IMMEDIATE', 'ROLLBACK', () => withCommitChecks(database, work()))
    : transaction(database, 'BEGIN IMMEDIATE', 'COMMIT', work)
}

/** Runs several reads on one state of the database. */
export const readTransaction = <Result>(database: Database, work: () => Result): Result =>
  transaction(database, 'BEGIN DEFERRED', 'COMMIT', work)

// What COMMIT would have refused is no success of a dry run either.
const withCommitChecks = <Result>(database: Database, result: Result): Result => {
  if (database.breaksForeignKey) throw new SqliteFailure('FOREIGN KEY constraint failed', 787)
  return result
}

const transaction = <Result>(database: Database, begin: string, end: string, work: () => Result): Result => {
  database.exec(begin)
  try {
    const result = work()
    database.exec(end)
    return result
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
}

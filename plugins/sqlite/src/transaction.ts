import type { TransactionEnd } from '@easyrest/protocol'
import type { Database } from './database.js'

/**
 * Runs a write in a transaction of its own. Whatever it throws undoes it; so does a rollback asked for, after which the
 * result is what would have been. The write lock is taken first: a transaction that starts reading may fail later.
 */
export const writeTransaction = <Result>(database: Database, end: TransactionEnd, work: () => Result): Result =>
  transaction(database, 'BEGIN IMMEDIATE', end === 'rollback' ? 'ROLLBACK' : 'COMMIT', work)

/** Runs several reads on one state of the database. */
export const readTransaction = <Result>(database: Database, work: () => Result): Result =>
  transaction(database, 'BEGIN DEFERRED', 'COMMIT', work)

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

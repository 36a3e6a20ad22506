import { log } from '@easyrest/plugin'
import { PluginError, type TransactionEnd } from '@easyrest/protocol'
import type { Connection } from './connection.js'
import { MysqlFailure } from './mysql-failure.js'
import type { MysqlSession } from './mysql-session.js'

/**
 * Runs a write in the transaction that its session has begun, and ends it. Whatever it throws undoes it; so does a rollback
 * asked for, after which the result is what would have been.
 */
export const runTransaction = async <Result>(
  session: MysqlSession,
  end: TransactionEnd,
  work: (session: MysqlSession) => Promise<Result>,
): Promise<Result> => {
  const { connection } = session
  let result: Result
  try {
    result = await work(session)
    session.checkCall()
  } catch (error) {
    await undo(connection)
    throw error
  }
  if (end === 'rollback') await connection.run(rollback)
  else await commit(connection)
  return result
}

const rollback = { text: 'ROLLBACK', parameters: [] }

// A connection that cannot even roll back ends, and the server rolls back by itself.
const undo = async (connection: Connection): Promise<void> => {
  await connection.run(rollback).catch(() => connection.destroy())
}

const commit = async (connection: Connection): Promise<void> => {
  try {
    await connection.run({ text: 'COMMIT', parameters: [] })
  } catch (error) {
    connection.destroy()
    if (!(error instanceof MysqlFailure) || !error.isLost) throw error
    log.error('the connection was lost while a write was committed', { error: error.message })
    throw unknownOutcome(error)
  }
}

const unknownOutcome = (cause: MysqlFailure): PluginError => {
  const message = 'the connection to the database was lost at the end of the write; whether it happened is not known'
  return new PluginError('internal', message, { details: { outcome: 'unknown', log: cause.message }, cause })
}

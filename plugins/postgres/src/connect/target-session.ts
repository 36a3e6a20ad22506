import type { ServerConnection } from '../server-connection.js'
import { takeText } from '../wire/backend-messages.js'
import type { TargetSession } from './postgres-uri.js'

/** Whether the server is what target_session_attrs wants. */
export const suitsTarget = async (connection: ServerConnection, target: TargetSession): Promise<boolean> => {
  if (target === 'any') return true
  const { isStandby, isReadOnly } = await stateOf(connection)
  if (target === 'read-write') return !isReadOnly
  if (target === 'read-only') return isReadOnly
  return target === 'primary' ? !isStandby : isStandby
}

const stateOf = async (connection: ServerConnection) => {
  let row: readonly (string | null)[] = []
  const text = `SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')`
  const onRow = takeText((only) => {
    row = only
  })
  await connection.run([{ text, once: true, onRow }])
  return { isStandby: row[0] === 't', isReadOnly: row[1] === 'on' }
}

import type { Call } from '@easyrest/plugin'
import type { Database } from './database.js'
import { takeText } from './wire/backend-messages.js'

/** What answered, e.g. `PostgreSQL 15.18`. Also the ping of a new connection. */
export const serverVersion = async ({ transactions }: Database, call: Call | undefined): Promise<string> => {
  let version = ''
  const onRow = takeText(([text]) => {
    version = text!
  })
  const text = `SELECT pg_catalog.current_setting('server_version')`
  await transactions.read({ context: undefined, call }, [{ text, onRow }])
  return `PostgreSQL ${version.split(' ')[0]}`
}

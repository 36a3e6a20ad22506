import { PluginError } from '@easyrest/protocol'
import type { MysqlSession } from './mysql-session.js'

/** Throws `permission` when the account could do more in a query than read tables: read and write files, rule the server. */
export const refusePowerfulAccount = async (session: MysqlSession): Promise<void> => {
  const rows = await session.rows({ text: privileges, parameters: [] })
  if (rows.length === 0) return
  throw new PluginError(
    'permission',
    `clients may send no queries by this account, as it has the right ${String(rows[0]![0])}; connect as one that may only SELECT`,
    { details: { hint: 'allow_superuser_query=true in the connection URI lets them' } },
  )
}

const privileges = `SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
  WHERE PRIVILEGE_TYPE IN ('SUPER', 'FILE', 'CREATE USER', 'SHUTDOWN')
  AND GRANTEE = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')`

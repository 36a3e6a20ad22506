import { PluginError } from '@easyrest/protocol'
import type { MysqlSession } from './mysql-session.js'

/** Throws `permission` when the account could do more in a query than read tables: read and write files, rule the server. */
export const refusePowerfulAccount = async (session: MysqlSession): Promise<void> => {
  const right = session.server.isMariaDb ? await grantedRight(session) : await listedRight(session)
  if (right === undefined) return
  throw new PluginError(
    'permission',
    `clients may send no queries by this account, as it has the right ${right}; connect as one that may only SELECT`,
    { details: { hint: 'allow_superuser_query=true in the connection URI lets them' } },
  )
}

/** By what MariaDB says of the account, its roles, theirs, and everybody. */
const grantedRight = async (session: MysqlSession): Promise<string | undefined> => {
  const grants = await session.rows({ text: 'SHOW GRANTS', parameters: [] })
  return grants.flatMap(([grant]) => globalRights(String(grant))).find((right) => tooMuch.includes(right))
}

const globalRights = (grant: string): string[] => /^GRANT (.+?) ON \*\.\* TO /.exec(grant)?.[1]?.split(', ') ?? []

// MySQL cannot prepare SHOW GRANTS.
const listedRight = async (session: MysqlSession): Promise<string | undefined> => {
  const rows = await session.rows({ text: privileges, parameters: [] })
  return rows.map(([right]) => String(right)).find((right) => tooMuch.includes(right))
}

const tooMuch: readonly string[] = ['ALL PRIVILEGES', 'SUPER', 'FILE', 'CREATE USER', 'SHUTDOWN']

const privileges = `SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
  WHERE GRANTEE = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')`

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of something in this repository. Compiled tests lie in test/dist, so the root is three levels up. */
export function repositoryPath(...parts: readonly string[]): string {
  return join(root, ...parts)
}

/** What the tests start: the programs as the repository builds them. */
export const serverProgram = (): string => repositoryPath('packages/server/bin/easyrest-server.js')
export const mysqlPlugin = (): string => repositoryPath('plugins/mysql/bin/easyrest-plugin-mysql.js')
export const postgresPlugin = (): string => repositoryPath('plugins/postgres/bin/easyrest-plugin-postgres.js')
export const sqlitePlugin = (): string => repositoryPath('plugins/sqlite/bin/easyrest-plugin-sqlite.js')
export const redisPlugin = (): string => repositoryPath('plugins/redis/bin/easyrest-plugin-redis.js')

const root = fileURLToPath(new URL('../../..', import.meta.url))

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, type RequiredProgram } from '../required-program.js'

export type ServerKind = 'postgres' | 'mysql' | 'redis' | 'pgbouncer'

interface KindOfServer {
  readonly title: string
  /** Names a server that is used instead of one of our own. */
  readonly variable?: string
  readonly programs: readonly RequiredProgram[]
}

export const serverKinds: Readonly<Record<ServerKind, KindOfServer>> = {
  postgres: {
    title: 'PostgreSQL',
    variable: 'EASYREST_TEST_POSTGRES_URI',
    programs: [{ name: 'postgres', places: postgresFolders(), debianPackage: 'postgresql' }],
  },
  mysql: {
    title: 'MariaDB',
    variable: 'EASYREST_TEST_MYSQL_URI',
    programs: ['mariadbd', 'mariadb-install-db'].map((name) => ({
      name,
      places: ['/usr/sbin', '/usr/libexec'],
      debianPackage: 'mariadb-server-core',
    })),
  },
  redis: {
    title: 'Redis',
    variable: 'EASYREST_TEST_REDIS_URI',
    programs: [{ name: 'redis-server', debianPackage: 'redis-server' }],
  },
  pgbouncer: {
    title: 'PgBouncer',
    programs: [{ name: 'pgbouncer', places: ['/usr/sbin'], debianPackage: 'pgbouncer' }],
  },
}

/** The URI of the server to be used instead of one of our own. */
export function givenServer(kind: ServerKind): string | undefined {
  const { variable } = serverKinds[kind]
  return (variable === undefined ? undefined : process.env[variable]) || undefined
}

/** The path of a program of a server. Throws Error when it is not here. */
export function serverProgram(kind: ServerKind, name: string): string {
  const program = serverKinds[kind].programs.find((one) => one.name === name)
  const path = program === undefined ? undefined : findProgram(program)
  if (path === undefined) throw new Error(`${name} of ${serverKinds[kind].title} is not here`)
  return path
}

export const missingPrograms = (kind: ServerKind): readonly RequiredProgram[] =>
  serverKinds[kind].programs.filter((program) => findProgram(program) === undefined)

/** Debian keeps each version in a folder of its own, outside PATH; the newest first. */
function postgresFolders(): string[] {
  const parent = '/usr/lib/postgresql'
  const versions = entries(parent).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(parent, version, 'bin'))
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

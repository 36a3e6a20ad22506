import type { DatabaseEngine } from './database-engine.js'
import type { DatabaseAddress, DatabaseServer, Row, TestDatabase } from './database-server.js'
import type { ServerProcess } from './server-process.js'

interface OpenServer {
  readonly engine: DatabaseEngine
  /** Who may create databases. */
  readonly administrator: DatabaseAddress
  /** Whose databases they are. */
  readonly owner: DatabaseAddress
  /** Our own server, and what removes it. */
  readonly own?: { readonly process: ServerProcess; remove(): Promise<void> }
}

/** A running server as the tests see it. */
export function openDatabaseServer({ engine, administrator, owner, own }: OpenServer): DatabaseServer {
  const databases = new Set<TestDatabase>()
  const sql = (text: string): Promise<Row[]> => engine.run(administrator, engine.serverDatabase, text)
  const createDatabase = async (schema = ''): Promise<TestDatabase> => {
    const name = freshName()
    for (const statement of engine.create(name, own && owner.user)) await sql(statement)
    const database: TestDatabase = {
      name,
      uri: uriOf(engine.scheme, owner, name),
      sql: (text) => engine.run(owner, name, text),
      drop: async () => {
        if (databases.delete(database)) await sql(engine.drop(name))
      },
    }
    databases.add(database)
    if (schema !== '') await database.sql(schema)
    return database
  }
  return {
    createDatabase,
    sql,
    terminateConnections: () => engine.terminate(owner.user, sql),
    recordStatements: async () => {
      if (own === undefined) throw new Error('the statements of a server that is not ours cannot be recorded')
      return engine.record({ user: owner.user, sql, log: () => own.process.log() })
    },
    process: own?.process,
    address: owner,
    stop: async () => {
      if (own !== undefined) await own.remove()
      else for (const database of databases) await database.drop()
    },
  }
}

/** Several test files may share a server that is not ours. */
const freshName = (): string => `er_${process.pid}_${Date.now().toString(36)}_${++made}`
let made = 0

function uriOf(scheme: string, { user, password, host, port }: DatabaseAddress, database: string): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`
  return `${scheme}://${encodeURIComponent(user)}${secret}@${host}:${port}/${database}`
}

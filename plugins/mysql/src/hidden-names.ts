import { PluginError, unknownName } from '@easyrest/protocol'
import type { MysqlSession } from './mysql-session.js'

/** What a query may not name: the plugin's own tables, and whatever of the database names them; the server's own schemas. */
export class HiddenNames {
  constructor(private readonly session: MysqlSession) {}

  /** Throws `unknown_table`, or `permission` for what leads there. @param words of the statement, in lower case */
  async check(words: readonly string[], text: string): Promise<void> {
    const named = new Set(words)
    const own = ownTables.find((name) => named.has(name))
    if (own !== undefined) throw unknownName('table', own, [])
    if (systemSchemas.some((name) => named.has(name) && qualifies(name, text))) throw hidden()
    for (const name of await this.names()) if (named.has(name)) throw hidden()
  }

  private async names(): Promise<ReadonlySet<string>> {
    const code = (await this.session.rows({ text: mentions, parameters: [] })).map(([name, definition]) => ({
      name: String(name).toLowerCase(),
      definition: String(definition).toLowerCase(),
    }))
    const names = new Set(ownTables)
    for (let known = 0; known < names.size; ) {
      known = names.size
      for (const { name, definition } of code)
        if ([...names].some((other) => definition.includes(other))) names.add(name)
    }
    return names
  }
}

const ownTables = ['easyrest_cache', 'easyrest_kv']
const systemSchemas = ['information_schema', 'mysql', 'performance_schema', 'sys']

const qualifies = (name: string, text: string): boolean => new RegExp(`\\b${name}\`?\\s*\\.`, 'i').test(text)

const hidden = (): PluginError => new PluginError('permission', 'the query reads what it may not')

const mentions = `SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
  UNION ALL SELECT ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()`

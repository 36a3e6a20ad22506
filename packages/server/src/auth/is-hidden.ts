import type { AccessRules } from './access-rules.js'

/** The server's own tables, which hold other users' data: never served as tables, whatever is configured. */
const ownTables: ReadonlySet<string> = new Set(['easyrest_cache', 'easyrest_kv'])

/** True for a table or function that callers must take for absent. The schema leaves the same ones out. */
export function isHidden(kind: 'tables' | 'functions', name: string, access: AccessRules): boolean {
  if (kind === 'tables' && ownTables.has(name.toLowerCase())) return true
  const allowed = access.allow[kind]
  return access.exclude[kind].hides(name) || (!allowed.isEmpty && !allowed.opens(name))
}

import { BadValue } from './bad-value.js'
import type { EnvironmentConnection, Override } from './environment.js'

/** What the variables of Kopano's kvs say in the words of this configuration. */
export interface KopanoEnvironment {
  readonly overrides: readonly Override[]
  readonly connections: readonly EnvironmentConnection[]
  readonly problems: readonly { readonly label: string; readonly message: string }[]
  readonly warnings: readonly string[]
}

/** KOPANO_KVS_*: a data source is a connection named `kopano`, which then holds the documents. */
export function readKopanoEnvironment(env: NodeJS.ProcessEnv): KopanoEnvironment {
  const overrides: Override[] = []
  const warnings: string[] = []
  const add = (label: string, key: string, value: unknown): void => void overrides.push({ label, key, value })
  const { [cors]: allowCors, [scopes]: required, [migrations]: migrated } = env
  // Kopano's own test: nothing but 1 turns it on.
  if (allowCors) add(cors, 'kv.allow_cors', allowCors === '1')
  if (required) for (const action of ['read', 'write']) add(scopes, `kv.realms.user.${action}`, scopeList(required))
  if (migrated)
    warnings.push(`${migrations}: accepted, not needed: the table of the documents is made without migrations`)
  if (env[driver] && !env[source]) warnings.push(`${driver}: not used without ${source}, which names the database`)
  for (const label of Object.keys(env).sort()) {
    if (label.startsWith('KOPANO_KVS_') && env[label] && !known.has(label))
      warnings.push(`${label}: unknown variable, not used`)
  }
  return { overrides, warnings, ...readSource(env, add) }
}

function readSource(
  env: NodeJS.ProcessEnv,
  add: (label: string, key: string, value: unknown) => void,
): Pick<KopanoEnvironment, 'connections' | 'problems'> {
  const { [driver]: kind = 'sqlite3', [source]: dataSource } = env
  if (!dataSource) return { connections: [], problems: [] }
  try {
    const uri = uriOf(kind, dataSource)
    add(source, 'kv.connection', 'kopano')
    return { connections: [{ name: 'kopano', uri, label: source, kind: 'db' }], problems: [] }
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    return { connections: [], problems: [{ label: kind in uris ? source : driver, message: error.message }] }
  }
}

function uriOf(kind: string, dataSource: string): string {
  const write = uris[kind]
  if (write === undefined) throw new BadValue('expected sqlite3 or mysql', { hidden: true })
  return write(dataSource)
}

const uris: Readonly<Record<string, (dataSource: string) => string>> = {
  sqlite3: sqliteUri,
  mysql: mysqlUri,
}

/** A path, or `file:path`; options of Kopano's driver mean nothing to ours. */
function sqliteUri(dataSource: string): string {
  const path = dataSource.replace(/^file:/, '').split('?', 1)[0]!
  return `sqlite://${path.replace(/[%#?]/g, encodeURIComponent)}`
}

/** Go's `user:password@tcp(host:port)/database?options`, or `unix(path)`. Its text may hold a password. */
function mysqlUri(dataSource: string): string {
  // As Go's driver reads it: a password may hold an @, and a host none.
  const at = dataSource.lastIndexOf('@', dataSource.lastIndexOf('/'))
  const login = dataSource.slice(0, Math.max(at, 0))
  const [, protocol = 'tcp', address = '', database, query = ''] =
    /^(?:(\w+)(?:\(([^()]*)\))?)?\/([^/?]+)(?:\?(.*))?$/.exec(dataSource.slice(at + 1)) ?? []
  if (database === undefined) throw new BadValue('expected user:password@tcp(host:3306)/database')
  const [user = '', password] = splitOnce(login, ':')
  const credentials = [user, ...(password === undefined ? [] : [password])].map(encodeURIComponent).join(':')
  const isSocket = protocol === 'unix'
  const kept = query.split('&').filter((option) => option !== '' && !ofGo.has(option.split('=', 1)[0]!))
  const options = [...(isSocket ? [`socket=${encodeURIComponent(address)}`] : []), ...kept]
  const host = isSocket || address === '' ? 'localhost' : address
  return `mysql://${credentials}@${host}/${database}${options.length === 0 ? '' : `?${options.join('&')}`}`
}

// What Go's driver alone has a use for; multiStatements is what the migrations of Kopano need.
const ofGo: ReadonlySet<string> = new Set([
  ...['allowAllFiles', 'allowCleartextPasswords', 'allowFallbackToPlaintext', 'allowNativePasswords'],
  ...['allowOldPasswords', 'checkConnLiveness', 'clientFoundRows', 'columnsWithAlias', 'compress'],
  ...['connectionAttributes', 'multiStatements', 'serverPubKey', 'timeTruncate'],
])

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Separated by blanks in Kopano. */
function scopeList(text: string): string[] {
  return text.split(/\s+/).filter((scope) => scope !== '')
}

const driver = 'KOPANO_KVS_DB_DRIVER'
const source = 'KOPANO_KVS_DB_DATASOURCE'
const cors = 'KOPANO_KVS_ALLOW_CORS'
const scopes = 'KOPANO_KVS_REQUIRED_SCOPES'
const migrations = 'KOPANO_KVS_DB_MIGRATIONS'
const known: ReadonlySet<string> = new Set([driver, source, cors, scopes, migrations])

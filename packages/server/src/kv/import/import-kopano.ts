import { type ManagedConnection, openConnection } from '@easyrest/host'
import type { RequestContext } from '@easyrest/protocol'
import type { Config, ConnectionConfig } from '../../config/config.js'
import { hostDependencies } from '../../host-dependencies.js'
import { noMeters } from '../../observe/meter.js'
import { connectionSettings } from '../../snapshot/connection-settings.js'
import { isJsonType } from '../documents/document.js'
import { rowOf } from '../documents/row.js'
import { maxPrimaryKeyLength } from '../keys/space.js'
import { kvTableDefinition } from '../start/kv-table-definition.js'
import { KvTable } from '../store/kv-table.js'
import { Revisions } from '../store/revisions.js'
import { type KopanoDocument, kopanoDocuments } from './kopano-documents.js'

export interface ImportOptions {
  /** Takes away the NULs that Kopano put behind texts of batches. */
  readonly stripNul: boolean
}

/** Copies what is in a Kopano kvs into the table of a connection. Answers what was done, for people. */
export const importKopano = async (
  config: Config,
  from: ConnectionConfig,
  to: ConnectionConfig,
  options: ImportOptions,
): Promise<string> => {
  const host = hostDependencies(() => {})
  const target = openConnection(connectionSettings(to, config), host)
  const source = from === to ? target : openConnection(connectionSettings(from, config), host)
  try {
    await Promise.all([source.ready(), target.ready()])
    return describe(await copy(source, target, options), to)
  } finally {
    await Promise.all([source.close(0), target.close(0)])
  }
}

interface Copied {
  found: number
  written: number
  /** Why some were not, with how many. */
  readonly left: Map<string, number>
}

const copy = async (
  source: ManagedConnection,
  target: ManagedConnection,
  { stripNul }: ImportOptions,
): Promise<Copied> => {
  if (target.can('ensure_table')) await target.db.ensureTable(kvTableDefinition(context))
  const table = new KvTable(target, noMeters(''))
  const copied: Copied = { found: 0, written: 0, left: new Map() }
  const revisions = new Revisions()
  for await (const page of kopanoDocuments(source, context)) {
    const rows = page.flatMap((document) => {
      copied.found++
      const problem = problemOf(document)
      if (problem === undefined) return [rowOf(document.space, written(document, revisions.next(), stripNul))]
      copied.left.set(problem, (copied.left.get(problem) ?? 0) + 1)
      return []
    })
    if (rows.length > 0) copied.written += await table.insertMissing(context, rows)
  }
  return copied
}

const problemOf = ({ space, document }: KopanoDocument): string | undefined =>
  space.length + document.key.length > maxPrimaryKeyLength ? 'their keys are too long' : undefined

const written = ({ document }: KopanoDocument, revision: string, stripNul: boolean) => {
  if (!stripNul || isJsonType(document.contentType)) return { ...document, revision }
  let end = document.value.length
  while (end > 0 && end > document.value.length - 2 && document.value[end - 1] === 0) end--
  return { ...document, revision, value: document.value.subarray(0, end) }
}

const describe = ({ found, written: count, left }: Copied, { name }: ConnectionConfig): string => {
  const refused = [...left.values()].reduce((sum, some) => sum + some, 0)
  const there = found - count - refused
  return [
    `${found} documents found, ${count} copied to ${name}, ${there} were there already`,
    ...[...left].map(([problem, some]) => `${some} were left: ${problem}`),
  ].join('\n')
}

const context: RequestContext = {
  userId: '',
  timezone: 'UTC',
  txEnd: 'commit',
  readOnly: false,
  ctx: Buffer.from('{"timezone":"UTC","prefer":{"tx":"commit"}}'),
}

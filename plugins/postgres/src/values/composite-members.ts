import { nearestName, PluginError, parseJsonRow, parseJsonRows } from '@easyrest/protocol'
import type { PostgresColumn } from '../catalog/postgres-table.js'

/**
 * Throws `bad_value` for a member of a composite value that its type does not have: the server would leave it out without a
 * word. Composites within composites are left to it.
 *
 * @param rowDepth 2 for an array of objects, 1 for one object
 */
export const checkMembers = (columns: readonly PostgresColumn[], body: Buffer, rowDepth: 1 | 2): void => {
  const composites = columns.filter(({ members }) => members !== null)
  if (composites.length === 0) return
  for (const row of rowDepth === 2 ? parseJsonRows(body) : [parseJsonRow(body)]) {
    for (const column of composites) {
      const value = row.get(column.name)
      if (value?.kind === 'json') for (const object of objectsIn(JSON.parse(value.text))) checkNames(column, object)
    }
  }
}

const objectsIn = (value: unknown): readonly object[] => {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return typeof value === 'object' && value !== null ? [value] : []
}

const checkNames = ({ name, members }: PostgresColumn, object: object): void => {
  const known = members ?? []
  const unknown = Object.keys(object).find((member) => !known.includes(member))
  if (unknown === undefined) return
  const nearest = nearestName(unknown, known)
  const next = nearest === undefined ? `expected some of ${known.join(', ')}` : `did you mean ${nearest}?`
  throw new PluginError('bad_value', `${name} has no member ${unknown}; ${next}`, { details: { column: name } })
}

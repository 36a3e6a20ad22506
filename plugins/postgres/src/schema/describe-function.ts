import type { PostgresFunction } from '../catalog/postgres-function.js'
import type { PostgresColumn } from '../catalog/postgres-table.js'
import { jsonType } from './describe-table.js'

/** What goes in and what comes out, as GetSchema describes it (db.proto). Of several with one name the first. */
export const describeFunction = ([called]: readonly PostgresFunction[]) => [inputOf(called!), outputOf(called!)]

const inputOf = ({ parameters, comment }: PostgresFunction) => ({
  type: 'object',
  properties: membersOf(parameters.map(({ column }) => column)),
  required: parameters.filter(({ isOptional }) => !isOptional).map(({ column }) => column.name),
  ...(comment !== null && { description: comment }),
})

const outputOf = ({ answers, fields }: PostgresFunction) => {
  const row = { type: 'object', properties: membersOf(fields) }
  if (answers === 'set') return { type: 'array', items: row }
  if (answers === 'value') return jsonType(fields[0]!)
  return answers === 'nothing' ? {} : row
}

const membersOf = (columns: readonly PostgresColumn[]) =>
  Object.fromEntries(columns.map((column) => [column.name, jsonType(column)]))

import type { Conflict, TableCreateRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { parseRowsBody } from './body.js'
import { bodyToJson } from './body-to-json.js'
import { identifier } from './identifier.js'
import { splitList } from './list.js'
import { parseParameters } from './parameters.js'
import type { Preferences } from './prefer.js'
import type { TableInput } from './table-input.js'
import { mostAffected, parseWriteAnswer, type WriteAnswer } from './write-answer.js'
import { refuseConditions } from './write-conditions.js'

export interface TableCreate {
  readonly request: TableCreateRequest
  readonly answer: WriteAnswer
}

/** POST on a table: one row or many, in one transaction. Throws ApiError. */
export const parseTableCreate = (input: TableInput, body: Buffer): TableCreate => {
  refuseConditions(input.headers)
  const { preferences } = input
  const { where, single } = parseParameters(input.query, parameters, input.values)
  if (where !== undefined)
    throw new ApiError('unknown_parameter', { detail: 'A POST takes no conditions', hint: 'Use PATCH to change rows' })
  const answer = parseWriteAnswer(answerKinds[preferences.return ?? 'representation'], input, single)
  const columns = parseColumns('columns', single.get('columns'))
  const json = bodyToJson(input.headers['content-type'], body, 'rows')
  return {
    answer,
    request: {
      ...parseRowsBody(json, input.values, columns),
      context: input.context(false),
      table: input.table,
      columns,
      missingDefault: preferences.missing === 'default',
      conflict: parseConflict(preferences, single.get('on_conflict')),
      returning: returnings[answer.kind],
      select: answer.select,
      expectSingle: answer.single,
      maxAffected: mostAffected(answer.format, preferences),
      overwriteWhen: undefined,
    },
  }
}

const parameters = ['columns', 'format', 'on_conflict', 'select']

/** The preference `return` -> what is answered. */
export const answerKinds = { representation: 'rows', 'headers-only': 'location', minimal: 'nothing' } as const

/** What is answered -> what the plugin is asked to return. */
export const returnings = { rows: 'rows', location: 'keys', nothing: 'none', count: 'none' } as const

const parseConflict = ({ resolution }: Preferences, target: string | undefined): Conflict | undefined => {
  const columns = parseColumns('on_conflict', target)
  if (resolution !== undefined) {
    return { action: resolution === 'merge-duplicates' ? 'merge' : 'ignore', target: columns, keep: [] }
  }
  if (columns.length === 0) return undefined
  throw new ApiError('bad_parameter', {
    detail: 'on_conflict says which key decides, but not what happens to a row that exists',
    hint: 'Add Prefer: resolution=merge-duplicates or resolution=ignore-duplicates',
  })
}

/** Empty when the parameter is absent. */
const parseColumns = (name: string, text: string | undefined): string[] => {
  if (text === undefined) return []
  const columns = splitList(text).map((column) => identifier(column, `a column in ${name}`))
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (columns.length > 0 && twice === undefined) return columns
  throw new ApiError('bad_parameter', {
    detail: `Expected ${name} to name columns, each once, got ${JSON.stringify(text.slice(0, 80))}`,
  })
}

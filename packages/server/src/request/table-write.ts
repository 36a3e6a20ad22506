import type { Predicate, TableCreateRequest, TableDeleteRequest, TableUpdateRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { requireJsonAnswer } from './answer-format.js'
import { parseRowBody, parseRowsBody } from './body.js'
import { bodyToJson } from './body-to-json.js'
import { parseParameters } from './parameters.js'
import { parseFlag } from './table-get.js'
import type { TableInput } from './table-input.js'

/** POST on a table: one row or many, in one transaction. Throws ApiError. */
export const parseTableCreate = (input: TableInput, body: Buffer): TableCreateRequest => {
  const { where, single } = parseParameters(input.query, ['format'], input.values)
  if (where !== undefined)
    throw new ApiError('unknown_parameter', { detail: 'A POST takes no conditions', hint: 'Use PATCH to change rows' })
  requireJsonAnswer(input.headers.accept, single.get('format'))
  const { rows, rowCount } = parseRowsBody(bodyToJson(input.headers['content-type'], body, 'rows'), input.values)
  return {
    context: input.context(false),
    table: input.table,
    rows,
    rowCount,
    columns: [],
    missingDefault: false,
    conflict: undefined,
    returning: 'unspecified',
    select: [],
    expectSingle: false,
    maxAffected: input.preferences.maxAffected,
    overwriteWhen: undefined,
  }
}

/** PATCH on a table: the same new values for every row that matches. Throws ApiError. */
export const parseTableUpdate = (input: TableInput, body: Buffer): TableUpdateRequest => {
  const where = parseFilter(input)
  const json = bodyToJson(input.headers['content-type'], body, 'row')
  return { ...change(input, where), data: parseRowBody(json, input.values) }
}

/** DELETE on a table: every row that matches. Throws ApiError. */
export const parseTableDelete = (input: TableInput): TableDeleteRequest => change(input, parseFilter(input))

const change = (input: TableInput, where: Predicate | undefined): TableDeleteRequest => ({
  context: input.context(false),
  table: input.table,
  where,
  returning: 'unspecified',
  select: [],
  expectSingle: false,
  maxAffected: input.preferences.maxAffected,
  ifMatch: [],
  ifMatchSelect: [],
})

// A forgotten filter must not change the whole table.
const parseFilter = (input: TableInput): Predicate | undefined => {
  const { where, single } = parseParameters(input.query, ['all', 'format'], input.values)
  requireJsonAnswer(input.headers.accept, single.get('format'))
  const all = parseFlag('all', single.get('all'))
  if (where === undefined && !all) {
    throw new ApiError('unfiltered_write', {
      detail: `The request names no condition, so it would change every row of ${input.table}`,
      hint: 'Add a condition such as where.eq.id=1, or all=true if every row is meant',
    })
  }
  if (where !== undefined && all) {
    throw new ApiError('bad_parameter', {
      detail: 'all=true and a condition contradict each other',
      hint: 'Leave out one of them',
    })
  }
  return where
}

import type { Predicate, TableDeleteRequest, TableUpdateRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { parseRowBody } from './body.js'
import { bodyToJson } from './body-to-json.js'
import { parseParameters } from './parameters.js'
import { parseFlag } from './table-get.js'
import type { TableInput } from './table-input.js'
import { mostAffected, parseRowSelect, parseWriteAnswer, type WriteAnswer } from './write-answer.js'
import { parseIfMatch } from './write-conditions.js'

export interface TableChange<Request> {
  readonly request: Request
  readonly answer: WriteAnswer
}

/** PATCH on a table: the same new values for every row that matches. Throws ApiError. */
export const parseTableUpdate = (input: TableInput, body: Buffer): TableChange<TableUpdateRequest> => {
  const { request, answer } = parseChange(input, 'count')
  const json = bodyToJson(input.headers['content-type'], body, 'row')
  return { answer, request: { ...request, data: parseRowBody(json, input.values) } }
}

/** DELETE on a table: every row that matches. Throws ApiError. */
export const parseTableDelete = (input: TableInput): TableChange<TableDeleteRequest> => parseChange(input, 'nothing')

/** @param unasked what is answered when the request does not say */
const parseChange = (input: TableInput, unasked: 'count' | 'nothing'): TableChange<TableDeleteRequest> => {
  const { preferences } = input
  const kind = preferences.return === undefined ? unasked : preferences.return === 'representation' ? 'rows' : 'nothing'
  const ifMatch = parseIfMatch(input.headers)
  const allowed = kind === 'rows' || ifMatch.length > 0 ? ['all', 'format', 'select'] : ['all', 'format']
  const { where, single } = parseParameters(input.query, allowed, input.values)
  requireFilter(input.table, where, parseFlag('all', single.get('all')))
  const answer = parseWriteAnswer(kind, input, single)
  return {
    answer,
    request: {
      context: input.context(false),
      table: input.table,
      where,
      returning: kind === 'rows' ? 'rows' : 'unspecified',
      select: answer.select,
      expectSingle: answer.single,
      maxAffected: mostAffected(answer.format, preferences),
      ifMatch,
      // The contract compares the rows that were read with the same select.
      ifMatchSelect: ifMatch.length > 0 ? parseRowSelect(input, single) : [],
    },
  }
}

// A forgotten filter must not change the whole table.
const requireFilter = (table: string, where: Predicate | undefined, all: boolean): void => {
  if (where === undefined && !all) {
    throw new ApiError('unfiltered_write', {
      detail: `The request names no condition, so it would change every row of ${table}`,
      hint: 'Add a condition such as where.eq.id=1, or all=true if every row is meant',
    })
  }
  if (where !== undefined && all) {
    throw new ApiError('bad_parameter', {
      detail: 'all=true and a condition contradict each other',
      hint: 'Leave out one of them',
    })
  }
}

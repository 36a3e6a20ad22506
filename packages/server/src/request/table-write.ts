import type {
  Predicate,
  Projection,
  TableCreateRequest,
  TableDeleteRequest,
  TableUpdateRequest,
} from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { requireJsonAnswer } from './answer-format.js'
import { parseRowBody, parseRowsBody } from './body.js'
import type { ContextValues } from './context-values.js'
import { requireJsonBody } from './media-type.js'
import { parseParameters } from './parameters.js'
import { parseSelect } from './select.js'
import { parseFlag } from './table-get.js'
import type { TableInput } from './table-input.js'
import { parseIfMatch, refuseConditions } from './write-conditions.js'

/** POST on a table: one row or many, in one transaction. Throws ApiError. */
export const parseTableCreate = (input: TableInput, body: Buffer): TableCreateRequest => {
  refuseConditions(input.headers)
  requireJsonBody(input.headers['content-type'])
  const { where, single } = parseParameters(input.query, ['format'], input.values)
  if (where !== undefined)
    throw new ApiError('unknown_parameter', { detail: 'A POST takes no conditions', hint: 'Use PATCH to change rows' })
  requireJsonAnswer(input.headers.accept, single.get('format'))
  const { rows, rowCount } = parseRowsBody(body, input.values)
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
  requireJsonBody(input.headers['content-type'])
  return { ...parseChange(input), data: parseRowBody(body, input.values) }
}

/** DELETE on a table: every row that matches. Throws ApiError. */
export const parseTableDelete = (input: TableInput): TableDeleteRequest => parseChange(input)

const parseChange = (input: TableInput): TableDeleteRequest => {
  const ifMatch = parseIfMatch(input.headers)
  const { where, select } = parseTarget(input, ifMatch.length > 0)
  return change(input, where, ifMatch, select)
}

const change = (
  input: TableInput,
  where: Predicate | undefined,
  ifMatch: readonly string[],
  ifMatchSelect: readonly Projection[],
): TableDeleteRequest => ({
  context: input.context(false),
  table: input.table,
  where,
  returning: 'unspecified',
  select: [],
  expectSingle: false,
  maxAffected: input.preferences.maxAffected,
  ifMatch,
  ifMatchSelect,
})

interface Target {
  readonly where: Predicate | undefined
  /** What the rows that If-Match is about were read with. */
  readonly select: readonly Projection[]
}

// A forgotten filter must not change the whole table.
const parseTarget = (input: TableInput, isConditional: boolean): Target => {
  const allowed = isConditional ? ['all', 'format', 'select'] : ['all', 'format']
  const { where, single } = parseParameters(input.query, allowed, input.values)
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
  return { where, select: parseMatchedSelect(single.get('select') ?? '', input.values) }
}

// The contract compares rows, not groups.
const parseMatchedSelect = (text: string, values: ContextValues): readonly Projection[] => {
  const select = parseSelect(text, values)
  if (!select.some(({ kind }) => kind === 'aggregate')) return select
  throw new ApiError('bad_parameter', {
    detail: 'If-Match on a write compares rows, so its select takes no aggregates',
    hint: 'Read the rows themselves and send their ETag',
  })
}

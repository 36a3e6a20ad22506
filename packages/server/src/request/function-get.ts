import type { CallFunctionRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { Format } from '../response/format.js'
import { chooseFormat } from './answer-format.js'
import { type ContextValues, resolveOperand } from './context-values.js'
import { identifier } from './identifier.js'
import { parseOrdering } from './ordering.js'
import { hasRange, type PageTexts, parsePage } from './page.js'
import { isCondition, parseParameters } from './parameters.js'
import type { QueryString } from './query-string.js'
import { headerText } from './request-headers.js'
import { parseSelect } from './select.js'
import type { TableInput } from './table-input.js'

/** What a GET or HEAD on a function asks of the plugin, and the form it wants the result in. */
export interface FunctionGet {
  readonly request: CallFunctionRequest
  readonly format: Format
  /** The client wants some of the rows, or a part of them: the result must be a set. */
  readonly filtered: boolean
}

export interface FunctionInput extends Omit<TableInput, 'table' | 'preferences'> {
  readonly function: string
}

/** Parameters that are none of a read's are arguments. Throws ApiError. */
export const parseFunctionGet = (input: FunctionInput): FunctionGet => {
  const { query, values, headers, settings } = input
  const own = query.filter(([name]) => isCondition(name) || parameters.includes(name))
  const { where, single } = parseParameters(own, parameters, values)
  const select = parseSelect(single.get('select') ?? '', values)
  if (select.some(({ kind }) => kind === 'aggregate')) throw noAggregates()
  const ordering = parseOrdering(single.get('ordering') ?? '')
  const page: PageTexts = {
    limit: single.get('limit'),
    offset: single.get('offset'),
    rangeUnit: headerText(headers['range-unit']),
    range: headers.range,
  }
  return {
    request: {
      context: input.context(true),
      function: input.function,
      arguments: argumentsOf(query, values),
      select,
      where,
      ordering,
      page: parsePage(page, settings),
      maxReplyBytes: 0,
    },
    format: chooseFormat(headers.accept, single.get('format')),
    filtered:
      where !== undefined ||
      [...select, ...ordering].length > 0 ||
      (page.limit ?? page.offset) !== undefined ||
      hasRange(page),
  }
}

const parameters = ['select', 'ordering', 'limit', 'offset', 'format']

/** A JSON object of texts, which the plugin converts to the types of the arguments. */
const argumentsOf = (query: QueryString, values: ContextValues): Buffer => {
  const members = new Map<string, string>()
  for (const [name, value] of query) {
    if (isCondition(name) || parameters.includes(name)) continue
    const argument = identifier(name, 'an argument')
    if (members.has(argument)) throw new ApiError('bad_parameter', { detail: `The argument ${argument} occurs twice` })
    members.set(argument, resolveOperand(value, values))
  }
  return Buffer.from(
    `{${[...members].map((member) => member.map((text) => JSON.stringify(text)).join(':')).join(',')}}`,
  )
}

const noAggregates = (): ApiError =>
  new ApiError('bad_parameter', { detail: 'The rows of a function cannot be aggregated; select takes columns' })
